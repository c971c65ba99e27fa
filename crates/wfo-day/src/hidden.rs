//! Frees a briefing from secrets: every word in it that a repository, a branch or a person wrote passes here last.
//! What nothing in can be a secret costs a look, and no rule is read for it.

use wfo_git::{Snapshot, Upstream};

use crate::briefing::Briefing;
use crate::scan::Rules;

/// Hides secrets in all words that are shown.
pub(crate) fn hide(briefing: &mut Briefing, rules: &Rules) {
    let all = |words: &mut dyn Iterator<Item = &mut String>| words.for_each(|words| rules.hide_words(words));
    rules.hide_words(&mut briefing.project.name);
    if let Some(git) = &mut briefing.git {
        of_git(git, rules);
    }
    if let Some(page) = &mut briefing.handover {
        let lists = [&mut page.completed, &mut page.blockers, &mut page.decisions];
        all(&mut lists.into_iter().flatten().chain(&mut page.updated));
        for row in &mut page.in_progress {
            all(&mut [&mut row.branch, &mut row.status, &mut row.blockers]
                .into_iter()
                .flatten()
                .chain([&mut row.task]));
        }
        all(&mut page.priorities.iter_mut().map(|priority| &mut priority.text));
    }
    for row in &mut briefing.workflows {
        all(&mut [&mut row.file, &mut row.slug, &mut row.title]
            .into_iter()
            .chain(&mut row.step)
            .chain(&mut row.status));
        for drift in &mut row.drift {
            all(&mut [&mut drift.actual, &mut drift.evidence].into_iter().chain(&mut drift.recorded));
        }
    }
    for row in &mut briefing.worktrees {
        all(&mut [&mut row.branch, &mut row.task].into_iter().flatten().chain([&mut row.recommendation.reason]));
        if let Some(path) = row.path.to_str() {
            let mut shown = path.to_owned();
            rules.hide_words(&mut shown);
            if shown != path {
                row.path = shown.into();
            }
        }
    }
    for item in &mut briefing.queue {
        let task = &mut item.task;
        let named = [&mut task.blocked_by, &mut task.id, &mut task.agent, &mut item.agent].into_iter().flatten();
        all(&mut named.chain(&mut task.reasons).chain([&mut task.text, &mut task.source.file]));
    }
    if let Some(output) = &mut briefing.extra.output {
        *output = rules.without_secrets_in_lines(output);
    }
    all(&mut briefing.alerts.iter_mut().map(|alert| &mut alert.message));
    for note in &mut briefing.notes {
        let problem = &mut note.problem;
        all(&mut [&mut problem.message].into_iter().chain(&mut problem.hint));
        all(&mut problem.location.iter_mut().map(|place| &mut place.file));
    }
}

fn of_git(git: &mut Snapshot, rules: &Rules) {
    let named = [&mut git.branch, &mut git.rebasing, &mut git.default_branch, &mut git.last_tag];
    named.into_iter().flatten().for_each(|words| rules.hide_words(words));
    if let Some(Upstream::Gone { name } | Upstream::Present { name, .. }) = &mut git.upstream {
        rules.hide_words(name);
    }
    git.head.iter_mut().chain(&mut git.recent_commits).for_each(|commit| rules.hide_words(&mut commit.subject));
}
