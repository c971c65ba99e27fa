//! Frees what a hand-over takes from elsewhere from secrets: each word that is stored passes here first.
//! What a person wrote on the page itself stays there as it is; only its copies are freed.

use std::collections::BTreeSet;

use wfo_todo::page::{LearningKind, Points, key};
use wfo_todo::{Handover, InProgress};

use super::Site;

impl Site<'_> {
    /// Returns words without their secrets.
    pub(super) fn hidden(&self, words: &str) -> String {
        self.rules.without_secrets(words)
    }

    fn hide(&self, words: &mut String) {
        let hidden = self.hidden(words);
        if hidden != *words {
            *words = hidden;
        }
    }

    fn hide_all<'w>(&self, words: impl IntoIterator<Item = &'w mut String>) {
        words.into_iter().for_each(|words| self.hide(words));
    }

    fn hide_row(&self, row: &mut InProgress) {
        self.hide(&mut row.task);
        let rest = [&mut row.branch, &mut row.status, &mut row.blockers, &mut row.id, &mut row.agent];
        self.hide_all(rest.into_iter().flatten());
    }

    /// Frees entries.
    pub(super) fn hide_points(&self, points: &mut Points) {
        let lists = [&mut points.completed, &mut points.blockers, &mut points.decisions, &mut points.priorities];
        self.hide_all(lists.into_iter().flatten());
        points.in_progress.iter_mut().for_each(|row| self.hide_row(row));
    }

    /// Frees what was read from the page, for a copy of it.
    pub(super) fn hide_handover(&self, page: &mut Handover) {
        let lists = [&mut page.completed, &mut page.blockers, &mut page.decisions];
        self.hide_all(lists.into_iter().flatten().chain(page.updated.as_mut()));
        page.in_progress.iter_mut().for_each(|row| self.hide_row(row));
        self.hide_all(page.priorities.iter_mut().map(|priority| &mut priority.text));
    }

    /// Frees what was learned.
    pub(super) fn hide_learnings(&self, learnings: &[(LearningKind, String)]) -> Vec<(LearningKind, String)> {
        learnings.iter().map(|(kind, words)| (*kind, self.hidden(words))).collect()
    }

    /// Finds on the page, as it is written there, what is known by keys of freed words.
    pub(super) fn keys_on_page(&self, page: &Handover, known: &BTreeSet<String>) -> BTreeSet<String> {
        let written = page.completed.iter().filter(|words| known.contains(&key(&self.hidden(words))));
        known.iter().cloned().chain(written.map(|words| key(words))).collect()
    }
}
