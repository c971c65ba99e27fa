//! What stands in a hand-over page's tables, row by row.

use super::InProgress;
use super::reader::{Before, Reader};
use crate::columns::{Column, Row};
use crate::handover_text::{Section, branch_and_port, first_number};
use crate::marks::{self, percent};
use crate::words::{task_id, value};

impl Reader {
    pub(super) fn row(&mut self, cells: &[&str], line: usize) {
        self.after(Before::Skipped, line);
        let Some(section) = self.section else { return };
        let otherwise: &[Column] = match section {
            Section::InProgress => &[Column::Task, Column::Branch, Column::Status, Column::Blockers],
            Section::Blockers | Section::Decisions | Section::Completed => &[Column::Task],
            Section::Priorities => &[],
        };
        let mut table = std::mem::take(&mut self.table);
        if let Some(row) = table.row(line, cells, otherwise) {
            let task = row.cell(Column::Task).and_then(value);
            match section {
                Section::InProgress => self.progress_row(&row, line),
                Section::Priorities => self.priority_row(&row, line),
                Section::Blockers => self.out.blockers.extend(row.cell(Column::Blockers).and_then(value).or(task)),
                Section::Decisions => self.out.decisions.extend(task),
                Section::Completed => self.out.completed.extend(task),
            }
        }
        self.table = table;
    }

    fn priority_row(&mut self, row: &Row<'_, '_>, line: usize) {
        let Some(task) = row.cell(Column::Task).and_then(value) else { return };
        let agent = row.cell(Column::Agent).and_then(value).map(|name| format!("[agent: {name}] "));
        let level = row.cell(Column::Priority).and_then(value).map(|name| format!("[{name}] "));
        let id = row.cell(Column::Id).and_then(value).filter(|id| task_id(id).is_some()).map(|id| format!("{id} "));
        let marked: String = [level, agent, id, Some(task)].into_iter().flatten().collect();
        self.priority(marks::read(&marked), line);
    }

    fn progress_row(&mut self, row: &Row<'_, '_>, line: usize) {
        let Some(task) = row.cell(Column::Task).and_then(value) else { return };
        let marks = marks::read(&task);
        let (branch, port) = row.cell(Column::Branch).map(branch_and_port).unwrap_or_default();
        let status = row.cell(Column::Status).and_then(value);
        let progress = status.as_deref().and_then(|status| status.split_whitespace().find_map(percent));
        let progress = progress.or_else(|| status.as_deref().and_then(percent));
        if let Some(odd) = status.as_deref().filter(|status| progress.is_none() && status.ends_with('%')) {
            let what = format!("the progress `{odd}`, which is not within 0-100 %");
            self.note(&what, "write it like `70%`", line);
        }
        let own_port = row.cell(Column::Port).and_then(first_number).and_then(|number| u16::try_from(number).ok());
        self.out.in_progress.push(InProgress {
            task: marks.text,
            branch,
            progress: progress.or(marks.progress),
            status,
            blockers: row.cell(Column::Blockers).and_then(value).or(marks.blocked_by),
            port: port.or(own_port).filter(|port| *port > 0),
            level: marks.level,
            id: marks.id,
            agent: row.cell(Column::Agent).and_then(value).or(marks.agent),
            line,
        });
    }
}
