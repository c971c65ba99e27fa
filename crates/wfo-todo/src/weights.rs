//! The points of the work queue, from the table `reference/data/queue.yaml`.
//! Holds numbers only; what they are added up for is decided in `rank`.

use wfo_base::tables::Row;

use crate::level::Level;

/// The most points of one rule, so that sums stay far from overflow.
const POINTS_LIMIT: u32 = 10_000;

/// One row of the queue table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueRow {
    /// The rule, such as `p0` or `in_progress`.
    pub id: String,
    /// Points for each time the rule holds, at most 10,000.
    pub points: u32,
    /// The most points this rule gives to one task; absent = no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<u32>,
}

impl Row for QueueRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if Rule::ALL.into_iter().all(|rule| rule.id() != self.id) {
            let known: Vec<&str> = Rule::ALL.into_iter().map(Rule::id).collect();
            return Err(format!("`{}` is not a rule of the queue; the rules are {}", self.id, known.join(", ")));
        }
        if self.points > POINTS_LIMIT || self.cap.is_some_and(|cap| cap > POINTS_LIMIT) {
            return Err(format!("`{}` has more than {POINTS_LIMIT} points", self.id));
        }
        Ok(())
    }
}

/// A fact about a task that is worth points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Marked with this urgency.
    Level(Level),
    /// Not marked.
    Unmarked,
    /// Named in the last session's priorities.
    NamedInPriorities,
    /// Begun.
    InProgress,
    /// Once for each open task that waits for it.
    BlocksOthers,
    /// Once for each day of age.
    AgeDays,
    /// Named in the hand-over.
    FromHandover,
    /// Named in TASK.md.
    FromTaskList,
    /// A task of an active TODO file.
    FromWorkflow,
    /// Named in Backlog.md only.
    FromBacklog,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 16] = [
        Self::Level(Level::P0),
        Self::Level(Level::P1),
        Self::Level(Level::High),
        Self::Level(Level::P2),
        Self::Level(Level::Medium),
        Self::Level(Level::P3),
        Self::Level(Level::Low),
        Self::Unmarked,
        Self::NamedInPriorities,
        Self::InProgress,
        Self::BlocksOthers,
        Self::AgeDays,
        Self::FromHandover,
        Self::FromTaskList,
        Self::FromWorkflow,
        Self::FromBacklog,
    ];

    /// Returns the name of its row.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Level(level) => level.id(),
            Self::Unmarked => "unmarked",
            Self::NamedInPriorities => "named_in_priorities",
            Self::InProgress => "in_progress",
            Self::BlocksOthers => "blocks_others",
            Self::AgeDays => "age_days",
            Self::FromHandover => "from_handover",
            Self::FromTaskList => "from_task_list",
            Self::FromWorkflow => "from_workflow",
            Self::FromBacklog => "from_backlog",
        }
    }
}

/// The points of all rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    rows: Vec<QueueRow>,
}

impl Weights {
    /// Takes the rows of the table; a rule without a row gives no points.
    #[must_use]
    pub fn new(rows: Vec<QueueRow>) -> Self {
        Self { rows }
    }

    /// Takes the rows of `reference/data/queue.yaml`.
    #[cfg(test)]
    pub(crate) fn built_in() -> Self {
        let text = include_str!("../../../reference/data/queue.yaml");
        let rows = wfo_base::tables::parse::<QueueRow>("queue.yaml", text).value;
        Self::new(rows.into_iter().map(|(row, _)| row).collect())
    }

    /// Returns the points of a rule that holds `times` times.
    #[must_use]
    pub fn points(&self, rule: Rule, times: u32) -> u32 {
        let Some(row) = self.rows.iter().find(|row| row.id == rule.id()) else { return 0 };
        row.points.saturating_mul(times).min(row.cap.unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wfo_base::tables;

    #[test]
    fn the_built_in_table_has_one_row_for_each_rule_sorted_by_id() {
        let text = include_str!("../../../reference/data/queue.yaml");
        let table = tables::parse::<QueueRow>("queue.yaml", text);
        assert_eq!(table.notes, vec![]);
        let ids: Vec<&str> = table.value.iter().map(|(row, _)| row.id.as_str()).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(Rule::ALL.into_iter().all(|rule| ids.contains(&rule.id())));
    }

    #[test]
    fn an_unknown_rule_is_an_error_with_its_line() {
        let parsed = tables::parse::<QueueRow>("queue.yaml", "rows:\n- {id: p0, points: 5}\n- {id: p9, points: 5}\n");
        assert_eq!(parsed.value.len(), 1);
        let [note] = parsed.notes.as_slice() else { panic!("one note") };
        assert!(note.problem.message.contains("`p9` is not a rule"));
        assert_eq!(note.problem.location.as_ref().and_then(|place| place.line), Some(3));
    }

    #[test]
    fn points_stop_at_the_cap() {
        let weights = Weights::new(vec![QueueRow { id: "age_days".into(), points: 2, cap: Some(9) }]);
        let points: Vec<u32> = [0, 1, 4, 5, u32::MAX].map(|days| weights.points(Rule::AgeDays, days)).to_vec();
        assert_eq!(points, vec![0, 2, 8, 9, 9]);
        assert_eq!(weights.points(Rule::InProgress, 1), 0);
    }

    #[test]
    fn being_named_and_begun_weighs_less_than_a_step_from_p1_to_p0() {
        let weights = Weights::built_in();
        let one = |rule| weights.points(rule, 1);
        assert!(
            one(Rule::NamedInPriorities) + one(Rule::InProgress)
                < one(Rule::Level(Level::P0)) - one(Rule::Level(Level::P1))
        );
    }
}
