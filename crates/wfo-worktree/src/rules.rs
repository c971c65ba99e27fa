//! The numbers that worktrees and ports are judged by, from the table `worktrees.yaml`.
//! Holds no number itself: what the table lacks is a problem, not a guess.

use serde::Deserialize;
use wfo_base::{Problem, codes, tables};

/// A row of the table `worktrees.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleRow {
    /// Name of the rule.
    pub id: String,
    /// Its number.
    pub value: u16,
}

impl tables::Row for RuleRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        match (NAMES.contains(&self.id.as_str()), self.value) {
            (false, _) => Err(format!("`{}` is not one of {}", self.id, NAMES.join(", "))),
            (true, 0) => Err(format!("{} cannot be 0", self.id)),
            (true, _) => Ok(()),
        }
    }
}

/// The rules there are.
const NAMES: [&str; 6] = ["archive_days", "max_per_project", "pool_end", "pool_start", "stale_days", "trash_days"];

/// The numbers in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A worktree should be archived when its last commit is older than this many whole days.
    pub archive_days: u16,
    /// How many linked worktrees one repository should have at a time.
    pub max_per_project: u16,
    /// First port of the pool where the registry names none.
    pub pool_start: u16,
    /// Last port of the pool where the registry names none.
    pub pool_end: u16,
    /// A worktree is stale when its last commit is older than this many whole days.
    pub stale_days: u16,
    /// A removed worktree stays in the trash for this many whole days.
    pub trash_days: u16,
}

impl Rules {
    /// Takes the rules from the table's rows.
    ///
    /// # Errors
    /// `table.invalid` when a row is missing, or the pool ends before it starts.
    pub fn of(rows: &[RuleRow]) -> Result<Self, Problem> {
        let fault = |message: String| {
            Problem::new(codes::TABLE_INVALID, message)
                .hint("correct the rows of `worktrees.yaml`, then run `wfo-helper data check`")
                .in_file("worktrees.yaml")
        };
        let value = |id: &str| {
            let row = rows.iter().find(|row| row.id == id).map(|row| row.value);
            row.ok_or_else(|| fault(format!("`worktrees.yaml` has no row `{id}`")))
        };
        let rules = Self {
            archive_days: value("archive_days")?,
            max_per_project: value("max_per_project")?,
            pool_start: value("pool_start")?,
            pool_end: value("pool_end")?,
            stale_days: value("stale_days")?,
            trash_days: value("trash_days")?,
        };
        if rules.pool_end <= rules.pool_start {
            return Err(fault(format!("the port pool {}-{} holds no pair", rules.pool_start, rules.pool_end)));
        }
        Ok(rules)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use wfo_base::tables;

    const TABLE: &str = include_str!("../../../reference/data/worktrees.yaml");

    pub(crate) fn rules() -> Rules {
        let rows: Vec<RuleRow> = tables::parse("worktrees.yaml", TABLE).value.into_iter().map(|(row, _)| row).collect();
        Rules::of(&rows).unwrap()
    }

    #[test]
    fn the_built_in_table_gives_four_worktrees_seven_and_fourteen_days_and_a_hundred_ports() {
        assert_eq!(tables::parse::<RuleRow>("worktrees.yaml", TABLE).notes, vec![]);
        let days = (rules().stale_days, rules().archive_days, rules().trash_days);
        assert_eq!(days, (7, 14, 7));
        assert_eq!((rules().max_per_project, rules().pool_start, rules().pool_end), (4, 8100, 8199));
    }

    #[test]
    fn a_missing_rule_or_an_empty_pool_is_a_problem_that_names_it() {
        let row = |id: &str, value| RuleRow { id: id.into(), value };
        let all = |end| {
            let days = [row("archive_days", 14), row("trash_days", 7)];
            let others =
                [row("max_per_project", 4), row("pool_start", 8100), row("pool_end", end), row("stale_days", 7)];
            days.into_iter().chain(others).collect::<Vec<_>>()
        };
        assert!(Rules::of(&all(8101)).is_ok());
        assert!(Rules::of(&all(8100)).unwrap_err().message.contains("8100-8100"));
        let problem = Rules::of(&all(8199)[..5]).unwrap_err();
        assert_eq!((problem.code, problem.message.contains("stale_days")), (codes::TABLE_INVALID, true));
    }

    #[test]
    fn a_row_that_is_no_rule_or_is_zero_is_refused() {
        let parsed = tables::parse::<RuleRow>(
            "t.yaml",
            "rows:\n- {id: stale_weeks, value: 1}\n- {id: stale_days, value: 0}\n- {id: pool_end, value: 70000}\n",
        );
        assert_eq!((parsed.value.len(), parsed.notes.len()), (0, 3));
    }
}
