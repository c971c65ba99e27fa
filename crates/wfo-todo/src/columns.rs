//! Understands Markdown tables of work: which column is the task, the branch, the status.
//! Knows columns by their heading only; a table without a task column is not a table of work.

use crate::words::words;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Task,
    Branch,
    Status,
    Blockers,
    Port,
    Priority,
    Agent,
    Id,
    Other,
}

/// The table that a page is in, row by row.
#[derive(Debug, Default)]
pub(crate) struct Table {
    columns: Vec<Column>,
    last_line: usize,
}

/// One body row, cells by column.
#[derive(Debug)]
pub(crate) struct Row<'a, 'b> {
    columns: &'a [Column],
    cells: &'a [&'b str],
}

impl Table {
    /// Takes the next row of the page; `None` for a heading row and for tables that are not of work.
    /// `otherwise` names the columns of a table whose heading row is not understood.
    pub(crate) fn row<'a, 'b>(
        &'a mut self,
        line: usize,
        cells: &'a [&'b str],
        otherwise: &[Column],
    ) -> Option<Row<'a, 'b>> {
        // a heading row is followed by its separator line, so a gap of more than two lines is another table
        let goes_on = self.last_line > 0 && line.saturating_sub(self.last_line) <= 2;
        self.last_line = line;
        let columns: Vec<Column> = cells.iter().map(|cell| column(cell)).collect();
        let known = columns.iter().filter(|column| **column != Column::Other).count();
        if columns.contains(&Column::Task) && known * 2 >= columns.len() {
            self.columns = columns;
            return None;
        }
        if !goes_on {
            self.columns = otherwise.to_vec();
            return None;
        }
        (!self.columns.is_empty()).then_some(Row { columns: &self.columns, cells })
    }

    /// Says whether the present table has such a column.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }
}

impl<'b> Row<'_, 'b> {
    /// Returns the first cell of a column.
    pub(crate) fn cell(&self, column: Column) -> Option<&'b str> {
        let at = self.columns.iter().position(|known| *known == column)?;
        self.cells.get(at).copied()
    }
}

/// Tells a column from its heading, all words of which must be known.
pub(crate) fn column(heading: &str) -> Column {
    let words = words(heading);
    let all = |known: &[&str]| !words.is_empty() && words.iter().all(|word| known.contains(&word.as_str()));
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if all(&["task", "tasks", "item", "items", "work", "feature", "title", "name", "description", "what"]) {
        Column::Task
    } else if words.len() <= 3 && any(&["branch", "worktree"]) {
        Column::Branch
    } else if all(&["status", "progress", "state", "done", "complete"]) || heading.trim() == "%" {
        Column::Status
    } else if all(&["blocker", "blockers", "blocked", "by", "depends", "on", "dependencies", "waiting"]) {
        Column::Blockers
    } else if all(&["port", "ports"]) {
        Column::Port
    } else if all(&["priority", "prio", "urgency"]) {
        Column::Priority
    } else if all(&["agent", "skill", "agents"]) {
        Column::Agent
    } else if all(&["id", "no", "nr"]) || heading.trim() == "#" {
        Column::Id
    } else {
        Column::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_whole_words_of_their_heading() {
        for (heading, expected) in [
            ("Task", Column::Task),
            ("Work item", Column::Task),
            ("Branch/Worktree", Column::Branch),
            ("**Status**", Column::Status),
            ("%", Column::Status),
            ("Blocked by", Column::Blockers),
            ("#", Column::Id),
            ("Tasked", Column::Other),
            ("Fix the status page", Column::Other),
            ("", Column::Other),
        ] {
            assert_eq!(column(heading), expected, "{heading}");
        }
    }

    #[test]
    fn a_row_belongs_to_the_heading_row_above_it() {
        let mut table = Table::default();
        assert!(table.row(3, &["Status", "Task"], &[]).is_none());
        let cells = ["70%", "API"];
        let row = table.row(5, &cells, &[]).expect("a body row");
        assert_eq!((row.cell(Column::Task), row.cell(Column::Branch)), (Some("API"), None));
        assert!(table.row(6, &["80%"], &[]).is_some_and(|row| row.cell(Column::Task).is_none()));
        assert!(table.row(10, &["x", "y"], &[]).is_none());
        assert!(table.row(12, &["x", "y"], &[]).is_none(), "another table, without a heading of work");
    }

    #[test]
    fn a_table_with_a_foreign_heading_is_read_by_position_where_the_caller_says_how() {
        let mut table = Table::default();
        assert!(table.row(1, &["Aufgabe", "Zweig"], &[Column::Task]).is_none());
        let cells = ["API", "feature/api"];
        assert_eq!(table.row(3, &cells, &[Column::Task]).and_then(|row| row.cell(Column::Task)), Some("API"));
    }
}
