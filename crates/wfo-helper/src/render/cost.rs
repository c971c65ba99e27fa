//! Spending as answers show it: one period with everything that it is put down to.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Usd, text};
use wfo_cost::report::{Part, Period};
use wfo_cost::{Percent, Tokens};

use super::{Paint, Table, count};

/// Tokens of the five kinds that are priced apart.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct TokensView {
    /// Prompt tokens that no cache had to do with.
    input: u64,
    /// Generated tokens.
    output: u64,
    /// Prompt tokens that a cache answered.
    cache_read: u64,
    /// Prompt tokens written to a cache for 5 minutes.
    cache_write_5m: u64,
    /// Prompt tokens written to a cache for an hour.
    cache_write_1h: u64,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        let Tokens { input, output, cache_read, cache_write_5m, cache_write_1h } = tokens;
        Self { input, output, cache_read, cache_write_5m, cache_write_1h }
    }
}

/// What one name of a list came to, with a line for people.
trait Line {
    fn line(&self) -> (Option<&str>, Option<Usd>, Option<Percent>, u64);
}

macro_rules! parts {
    ($($(#[$doc:meta])* $view:ident: $key:ident $what:literal;)*) => {
        $($(#[$doc])*
        #[derive(Debug, Serialize, JsonSchema)]
        pub(crate) struct $view {
            #[doc = $what]
            $key: Option<String>,
            /// What was spent; null when no price is known for any of it.
            #[schemars(with = "Option<f64>")]
            usd: Option<Usd>,
            /// Its tokens.
            tokens: TokensView,
            /// How many responses.
            requests: u64,
            /// Share of the period's total in percent; null when it cannot be known.
            #[schemars(with = "Option<f64>")]
            percent: Option<Percent>,
        }

        impl From<&Part> for $view {
            fn from(part: &Part) -> Self {
                let clean = |name: &str| text::clip(&text::one_line(name), 200).into_owned();
                Self {
                    $key: part.name.as_deref().map(clean),
                    usd: part.usd,
                    tokens: part.tokens.into(),
                    requests: part.requests,
                    percent: part.share,
                }
            }
        }

        impl Line for $view {
            fn line(&self) -> (Option<&str>, Option<Usd>, Option<Percent>, u64) {
                (self.$key.as_deref(), self.usd, self.percent, self.requests)
            }
        })*
    };
}

parts! {
    /// One model's part.
    ModelPart: model "The model as the transcripts name it; null for machines and services without one.";
    /// One project's part.
    ProjectPart: project "The project's name; null when no folder is known.";
    /// One branch's part.
    BranchPart: branch "The git branch; null when none was recorded.";
    /// One feature's part.
    FeaturePart: feature "The feature: slug of a TODO workflow or of the branch; null for none.";
    /// One skill's part.
    SkillPart: skill "The skill that the host puts it down to; null for none.";
    /// One session's part.
    SessionPart: session "The session's id; null for what belongs to none.";
    /// One category's part.
    CategoryPart: category "inference, compute, storage or api.";
    /// One type of task's part.
    TaskPart: task "The type of task, by skill and agent; `unknown` where they do not tell.";
}

/// One hour of the day.
#[derive(Debug, Serialize, JsonSchema)]
struct HourPart {
    /// 0 to 23; null for what has no hour, such as entered amounts.
    hour: Option<u8>,
    /// What was spent in it.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
}

/// One day.
#[derive(Debug, Serialize, JsonSchema)]
struct DayPart {
    /// YYYY-MM-DD.
    day: String,
    /// What was spent on it.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
}

/// Tokens that no price is known for.
#[derive(Debug, Serialize, JsonSchema)]
struct UnpricedPart {
    /// The model; null for a row without one.
    model: Option<String>,
    /// Its tokens.
    tokens: TokensView,
}

/// What was spent between two days, and on what. Totals of transcripts are lower bounds.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PeriodView {
    /// First day.
    from: String,
    /// Last day.
    to: String,
    /// The zone that days are counted in.
    zone: String,
    /// `project`, or `all` for every project.
    scope: &'static str,
    /// Whether every transcript was read; when false, totals are null.
    complete: bool,
    /// What was spent; null when it cannot be known.
    #[schemars(with = "Option<f64>")]
    total_usd: Option<Usd>,
    /// All tokens.
    tokens: TokensView,
    /// How many sessions.
    sessions: u64,
    /// How many responses.
    requests: u64,
    /// By model, dearest first.
    by_model: Vec<ModelPart>,
    /// By project.
    by_project: Vec<ProjectPart>,
    /// By git branch.
    by_branch: Vec<BranchPart>,
    /// By feature.
    by_feature: Vec<FeaturePart>,
    /// By skill.
    by_skill: Vec<SkillPart>,
    /// By session.
    by_session: Vec<SessionPart>,
    /// How many sessions were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_session_more: Option<usize>,
    /// By category.
    by_category: Vec<CategoryPart>,
    /// By type of task.
    by_task: Vec<TaskPart>,
    /// By hour of the day: those with spend.
    by_hour: Vec<HourPart>,
    /// By day: those with spend.
    by_day: Vec<DayPart>,
    /// What no price is known for: it is in no amount.
    unpriced: Vec<UnpricedPart>,
}

/// How many sessions an answer holds unless it is asked for more.
const SESSIONS: usize = 20;

impl PeriodView {
    /// Makes the view; `complete` = every transcript was read.
    pub(crate) fn new(period: &Period, all: bool, complete: bool) -> Self {
        let known = |usd: Option<Usd>| usd.filter(|_| complete);
        let mut view = Self {
            from: period.from.to_string(),
            to: period.to.to_string(),
            zone: period.zone.clone(),
            scope: if all { "all" } else { "project" },
            complete,
            total_usd: known(period.total_usd),
            tokens: period.tokens.into(),
            sessions: period.sessions,
            requests: period.requests,
            by_model: list(&period.by_model),
            by_project: list(&period.by_project),
            by_branch: list(&period.by_branch),
            by_feature: list(&period.by_feature),
            by_skill: list(&period.by_skill),
            by_session: list(&period.by_session),
            by_session_more: None,
            by_category: list(&period.by_category),
            by_task: list(&period.by_task),
            by_hour: period
                .by_hour
                .iter()
                .filter(|hour| hour.sum.requests > 0 || hour.sum.usd() != Some(Usd::ZERO))
                .map(|hour| HourPart { hour: hour.hour, usd: hour.sum.usd() })
                .collect(),
            by_day: period.by_day.iter().map(|day| DayPart { day: day.day.to_string(), usd: day.sum.usd() }).collect(),
            unpriced: period
                .unpriced
                .iter()
                .map(|part| UnpricedPart {
                    model: part.model.as_deref().map(|name| text::one_line(name).into_owned()),
                    tokens: part.tokens.into(),
                })
                .collect(),
        };
        super::cut(&mut view.by_session, &mut view.by_session_more, SESSIONS);
        view
    }

    /// Words it for a terminal.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let days = if self.from == self.to { self.from.clone() } else { format!("{} to {}", self.from, self.to) };
        let total = dollars(self.total_usd);
        let sessions = count(usize::try_from(self.sessions).unwrap_or(usize::MAX), "session");
        let mut out = format!("{}  {}  {sessions}, {} responses\n", paint.bold(&total), days, self.requests);
        if !self.unpriced.is_empty() {
            let models: Vec<&str> = self.unpriced.iter().filter_map(|part| part.model.as_deref()).collect();
            out += &format!("{} no price is known for {}\n", paint.yellow("lower bound:"), models.join(", "));
        }
        out += &section(paint, "model", &self.by_model);
        if self.scope == "all" {
            out += &section(paint, "project", &self.by_project);
        }
        out += &section(paint, "feature", &self.by_feature);
        out += &section(paint, "branch", &self.by_branch);
        out += &section(paint, "skill", &self.by_skill);
        out
    }

    /// Cuts the long lists.
    pub(crate) fn cut(&mut self, limit: usize) {
        super::cut(&mut self.by_session, &mut self.by_session_more, limit);
    }
}

fn list<T: for<'a> From<&'a Part>>(parts: &[Part]) -> Vec<T> {
    parts.iter().map(T::from).collect()
}

/// How many names of a list a terminal is shown.
const SHOWN: usize = 8;

fn section<T: Line>(paint: Paint, what: &str, parts: &[T]) -> String {
    // One group without a name says nothing that the total does not.
    if parts.iter().all(|part| part.line().0.is_none()) {
        return String::new();
    }
    let mut table = Table::new();
    for part in parts.iter().take(SHOWN) {
        let (name, usd, percent, requests) = part.line();
        let percent = percent.map_or_else(String::new, |percent| format!("{percent} %"));
        let cells = [dollars(usd), percent, name.unwrap_or("(none)").to_owned(), count_of(requests)];
        table.row(cells);
    }
    format!(
        "\n{}\n{}{}",
        paint.bold(&format!("by {what}")),
        table.lines(2),
        super::and_more(parts.len().saturating_sub(SHOWN))
    )
}

fn count_of(requests: u64) -> String {
    count(usize::try_from(requests).unwrap_or(usize::MAX), "response")
}

/// Writes dollars and cents, or that they are not known.
pub(crate) fn dollars(usd: Option<Usd>) -> String {
    usd.map_or_else(|| "unknown".to_owned(), Usd::cents)
}

/// A limit that is near or passed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct AlertView {
    /// daily, weekly or monthly.
    pub(crate) scope: &'static str,
    /// warning or critical.
    pub(crate) level: &'static str,
    /// Spend as a percentage of the limit; null for a limit of zero.
    #[schemars(with = "Option<f64>")]
    pub(crate) percent: Option<Percent>,
    /// The limit.
    #[schemars(with = "f64")]
    pub(crate) limit_usd: Usd,
    /// What was spent.
    #[schemars(with = "f64")]
    pub(crate) spent_usd: Usd,
}

impl AlertView {
    pub(crate) fn new(alert: &wfo_cost::Alert) -> Self {
        Self {
            scope: alert.scope.word(),
            level: alert.level.word(),
            percent: alert.percent,
            limit_usd: alert.limit,
            spent_usd: alert.spent,
        }
    }
}
