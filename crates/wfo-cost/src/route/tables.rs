//! The rows of the tables that a choice is made from, and what must hold in each of them.
//! Whether a model they name has a price is checked when it is chosen, since prices may be laid over apart.

use serde::Deserialize;
use wfo_base::tables::Row;

use crate::budget::Exact;
use crate::budget::standing::Left;
use crate::prices::ModelKind;

/// Makes an enum of words that tables and commands share.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word of the contract.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word back.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == text)
            }
        }
    };
}

words! {
    /// A degree: of complexity, and of how much the budget has to be spared.
    Grade {
        /// Little.
        Low = "low",
        /// As usual.
        Medium = "medium",
        /// Much.
        High = "high",
    }
}

words! {
    /// How good an answer has to be.
    Quality {
        /// Roughly right is enough.
        Low = "low",
        /// As usual.
        Medium = "medium",
        /// Good.
        High = "high",
        /// A fault would be dear.
        Critical = "critical",
    }
}

words! {
    /// How soon an answer is needed.
    Urgency {
        /// As usual.
        Normal = "normal",
        /// At once.
        High = "high",
    }
}

/// The rows in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// `model-tasks.yaml`.
    pub tasks: Vec<TaskRow>,
    /// `model-routes.yaml`.
    pub routes: Vec<RouteRow>,
    /// `model-matrix.yaml`.
    pub matrix: Vec<MatrixRow>,
    /// `model-uses.yaml`.
    pub uses: Vec<UseRow>,
    /// `model-ladder.yaml`.
    pub ladder: Vec<LadderRow>,
    /// `model-paths.yaml`.
    pub paths: Vec<PathRow>,
    /// `model-names.yaml`.
    pub names: Vec<NameRow>,
    /// `model-mixes.yaml`.
    pub mixes: Vec<MixRow>,
    /// `processing.yaml`.
    pub processing: Vec<ProcessingRow>,
    /// `cache-lifetimes.yaml`.
    pub lifetimes: Vec<LifetimeRow>,
}

/// A kind of work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRow {
    /// Its word.
    pub id: String,
    /// The task whose rules hold; `None` = its own.
    #[serde(default)]
    pub of: Option<String>,
    /// Other words for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// `chat` or `embedding`.
    pub kind: ModelKind,
    /// A row of `model-mixes.yaml`.
    pub mix: String,
    /// A row of `cache-lifetimes.yaml`.
    pub cache: String,
    /// The model on the own machine.
    pub local: String,
    /// Models that must not do it.
    #[serde(default)]
    pub unfit: Vec<String>,
    /// Whether somebody waits for each answer.
    #[serde(default)]
    pub waiting: bool,
    /// The choice, whatever the rules say.
    #[serde(default)]
    pub model: Option<String>,
    /// Why that one.
    #[serde(default)]
    pub why: Option<String>,
}

impl TaskRow {
    /// Returns the task whose rules hold.
    #[must_use]
    pub fn ruled_by(&self) -> &str {
        self.of.as_deref().unwrap_or(&self.id)
    }
}

/// A rule: when it holds, and the model that follows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRow {
    /// Its name.
    pub id: String,
    /// The task it is for.
    pub task: String,
    /// Rules are tried from the lowest number on.
    pub order: u16,
    /// For which complexities; empty = all.
    #[serde(default)]
    pub complexity: Vec<Grade>,
    /// For which qualities; empty = all.
    #[serde(default)]
    pub quality: Vec<Quality>,
    /// For which urgencies; empty = all.
    #[serde(default)]
    pub urgency: Vec<Urgency>,
    /// More than this part of the budget must be left.
    #[serde(default)]
    pub left_above: Option<Exact>,
    /// The model.
    #[serde(default)]
    pub model: Option<String>,
    /// The model where `model` is a local one that nobody asked for.
    #[serde(default)]
    pub paid: Option<String>,
    /// Whether the matrix decides.
    #[serde(default)]
    pub matrix: bool,
    /// Why.
    pub why: String,
}

/// A cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixRow {
    /// Its name.
    pub id: String,
    /// The quality asked for.
    pub quality: Quality,
    /// How much the budget has to be spared.
    pub sensitivity: Grade,
    /// The model.
    pub model: String,
    /// The model where `model` is a local one that nobody asked for.
    #[serde(default)]
    pub paid: Option<String>,
}

/// A use case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseRow {
    /// Its word.
    pub id: String,
    /// Other words for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The task that it is most like.
    pub task: String,
    /// The first choice.
    pub primary: String,
    /// What to take when that one fails.
    pub fallback: String,
    /// What is enough while developing.
    #[serde(default)]
    pub development: Option<String>,
}

/// A rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderRow {
    /// Its name.
    pub id: String,
    /// It holds while more than this part is left; `None` = whatever is left.
    #[serde(default)]
    pub left_above: Option<Exact>,
    /// How many steps of the path.
    pub step: u8,
    /// The column of the matrix.
    pub sensitivity: Grade,
}

/// The way down from a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRow {
    /// The model.
    pub id: String,
    /// Cheaper ones, step by step.
    pub steps: Vec<String>,
}

/// A short or older name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameRow {
    /// The name.
    pub id: String,
    /// The model that stands in its place.
    pub model: String,
    /// Whether Claude Code takes the name where an agent is started.
    #[serde(default)]
    pub host: bool,
}

/// What a million tokens are made of, in percent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixRow {
    /// Its name.
    pub id: String,
    /// Plain input.
    pub input: u8,
    /// Written to a cache.
    pub cache_write: u8,
    /// Read from a cache.
    pub cache_read: u8,
    /// Output.
    pub output: u8,
}

/// A way of sending requests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessingRow {
    /// Its word.
    pub id: String,
    /// Whether it is only for answers that somebody waits for.
    #[serde(default)]
    pub waiting: bool,
    /// It holds for more requests than this.
    #[serde(default)]
    pub above: Option<u64>,
    /// How many requests of one model and task go together at most.
    #[serde(default)]
    pub group: Option<u16>,
    /// Why.
    pub why: String,
}

/// How long answers of a kind hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifetimeRow {
    /// The kind.
    pub id: String,
    /// Other words for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Days; `None` = for ever.
    #[serde(default)]
    pub days: Option<u32>,
}

/// Implements [`Row`] for a row with an `id` and a check.
macro_rules! row {
    ($name:ty, $check:expr) => {
        impl Row for $name {
            fn id(&self) -> &str {
                &self.id
            }

            fn check(&self) -> Result<(), String> {
                let rule: fn(&Self) -> Result<(), String> = $check;
                rule(self)
            }
        }
    };
}

row!(TaskRow, |row| match (&row.model, &row.why) {
    (Some(_), None) => Err(format!("`{}` fixes a model and says not why", row.id)),
    _ => Ok(()),
});
row!(RouteRow, |row| {
    part(row.left_above.as_ref())?;
    match (&row.model, row.matrix, &row.paid) {
        (None, true, None) | (Some(_), false, _) => Ok(()),
        _ => Err(format!("`{}` needs either `model` (with `paid` for a local one) or `matrix: true`", row.id)),
    }
});
row!(MatrixRow, |row| {
    let name = format!("{}-{}", row.quality.word(), row.sensitivity.word());
    if row.id == name { Ok(()) } else { Err(format!("`{}` has to be named `{name}`", row.id)) }
});
row!(UseRow, |_| Ok(()));
row!(LadderRow, |row| part(row.left_above.as_ref()));
row!(PathRow, |row| match row.steps.contains(&row.id) {
    true => Err(format!("`{}` is a step of its own path", row.id)),
    false if row.steps.is_empty() => Err(format!("`{}` has no steps", row.id)),
    false => Ok(()),
});
row!(NameRow, |row| {
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/".contains(c));
    if plain(&row.id) && plain(&row.model) { Ok(()) } else { Err(format!("{:?} is no name of a model", row.id)) }
});
row!(MixRow, |row| {
    let sum: u32 = [row.input, row.cache_write, row.cache_read, row.output].into_iter().map(u32::from).sum();
    if sum == 100 { Ok(()) } else { Err(format!("`{}` adds up to {sum} percent and not to 100", row.id)) }
});
row!(ProcessingRow, |row| match row.group {
    Some(0) => Err(format!("`{}` has groups of no request", row.id)),
    _ => Ok(()),
});
row!(LifetimeRow, |_| Ok(()));

fn part(text: Option<&Exact>) -> Result<(), String> {
    match text {
        Some(text) if text.share().is_none() => Err(format!("left_above {text:?} is not above 0 and at most 1")),
        _ => Ok(()),
    }
}

/// Says whether what is left satisfies a `left_above`; unknown satisfies none.
pub(super) fn is_left(left: Option<Left>, above: Option<&Exact>) -> bool {
    let Some(above) = above else { return true };
    left.zip(above.share()).is_some_and(|(left, part)| left.above(part))
}
