//! Whether a line belongs to a feature: it names the slug as a link, has the id of one of its tasks, or says the title of it or of a
//! task. A slug that is a mere word of a sentence is no link.

use std::collections::BTreeSet;

use crate::todo_file::TodoTask;
use crate::words::words;

/// A feature, as far as lines can name it.
#[derive(Debug, Clone, Copy)]
pub struct Feature<'a> {
    /// Its slug.
    pub slug: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its tasks.
    pub tasks: &'a [TodoTask],
    /// Ids of tasks that another workflow has too: they name nobody.
    pub shared: &'a BTreeSet<String>,
}

/// How a line belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link<'a> {
    /// Why.
    pub(super) why: &'static str,
    /// The task that is meant.
    pub(super) task: Option<&'a TodoTask>,
}

impl<'a> Feature<'a> {
    /// Says how a task line belongs: `raw` is the whole line, `text` and `id` what was read from it.
    pub(super) fn task_line(&self, raw: &str, text: &str, id: Option<&str>) -> Option<Link<'a>> {
        let known = |id: &str| self.tasks.iter().find(|task| task.id.as_deref() == Some(id));
        let by_slug = self.is_linked(raw);
        if let Some(task) = id.and_then(known).filter(|_| by_slug || !id.is_some_and(|id| self.shared.contains(id))) {
            return Some(Link { why: "it has the id of a task", task: Some(task) });
        }
        if by_slug {
            return Some(Link { why: "it names the slug", task: None });
        }
        let said = words(text);
        let says = |title: &str| !said.is_empty() && words(title) == said;
        if let Some(task) = self.tasks.iter().find(|task| says(&task.description)) {
            return Some(Link { why: "it says what a task says", task: Some(task) });
        }
        says(self.title).then_some(Link { why: "it says the title", task: None })
    }

    /// Says whether an entry of a plan belongs: by the slug, or by the title and nothing else.
    pub(super) fn entry(&self, raw: &str, text: &str) -> Option<&'static str> {
        if self.is_linked(raw) {
            return Some("it names the slug");
        }
        let said = words(text);
        (!said.is_empty() && said == words(self.title)).then_some("it says the title")
    }

    /// Says whether a line names the slug as a link: `` `login` ``, `[login]`, `(login)`, `#login`, `todo: login`, `specs/login`,
    /// `feature/login`, `TODO_feature_<stamp>_login`.
    pub(super) fn is_linked(&self, line: &str) -> bool {
        if self.slug.is_empty() {
            return false;
        }
        line.match_indices(self.slug).any(|(at, slug)| {
            let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + slug.len()..).unwrap_or_default());
            let next = after.chars().next();
            // `.md` and a full stop may follow, another part of a name may not.
            let ends = next.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
            ends && opens(before, next)
        })
    }
}

/// Folders and branches whose name goes on with the slug.
const FOLDERS: [&str; 6] = ["specs", "planning", "feature", "release", "hotfix", "worktrees"];
/// Words before a colon that a slug follows.
const LABELS: [&str; 5] = ["todo", "feature", "slug", "workflow", "epic"];

fn opens(before: &str, next: Option<char>) -> bool {
    match before.chars().next_back() {
        Some('`') => next == Some('`'),
        Some('[') => next == Some(']'),
        Some('(') => next == Some(')'),
        Some('#') => !before.trim_end_matches('#').ends_with(|c: char| c.is_alphanumeric() || c == '/'),
        Some('/') => {
            let folder = before.trim_end_matches('/').rsplit(|c: char| !c.is_alphanumeric()).next();
            folder.is_some_and(|folder| FOLDERS.contains(&folder))
        }
        // `20261121T090000Z_login`
        Some('_') => {
            let stamp = before.trim_end_matches('_').rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            stamp.len() == 16 && stamp.ends_with('Z') && stamp.bytes().filter(u8::is_ascii_digit).count() == 14
        }
        _ => {
            let label = before.trim_end().strip_suffix(':').map(|rest| rest.trim_end().to_lowercase());
            label.is_some_and(|rest| {
                let last = rest.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                LABELS.contains(&last)
            })
        }
    }
}
