//! One-line sentences of the briefing, shared by the Markdown page and the terminal text.

use wfo_base::text;

use super::StartDayView;
use super::parts::{CommitView, GitView, HandoverView, QueueView};
use crate::render::count;
use crate::render::worktree::{RecommendationView, WorktreeView};

/// Branch, kinds and time: the line below the title on a terminal.
pub(super) fn heading(view: &StartDayView) -> String {
    let branch = view.git.as_ref().map_or("no git repository".to_owned(), branch);
    format!("{branch} | {} | {}", kinds(view), view.wording().started)
}

/// Kinds and time, without any text of the repository: the line below the title of the Markdown page.
pub(super) fn kinds_and_time(view: &StartDayView) -> String {
    let none = if view.git.is_none() { "no git repository | " } else { "" };
    format!("{none}{} | {}", kinds(view), view.wording().started)
}

fn kinds(view: &StartDayView) -> String {
    if view.project.kinds.is_empty() { "no known stack".to_owned() } else { view.project.kinds.join(", ") }
}

/// Names the branch or says why there is none.
pub(super) fn branch(git: &GitView) -> String {
    match (&git.branch, &git.rebasing, &git.head) {
        (Some(branch), _, _) if git.unborn => format!("branch {} (no commit yet)", text::code_span(branch)),
        (Some(branch), _, _) => format!("branch {}", text::code_span(branch)),
        (None, Some(branch), _) => format!("rebasing {}", text::code_span(branch)),
        (None, None, Some(head)) => format!("detached at {}", short(head)),
        (None, None, None) => "no branch".to_owned(),
    }
}

/// Where the branch stands, what is changed, what is under way.
pub(super) fn git(view: &StartDayView) -> Vec<String> {
    let Some(git) = &view.git else { return Vec::new() };
    let mut out = vec![format!("On {}{}", branch(git), following(git))];
    if let Some(changes) = changes(git) {
        out.push(format!("Changes: {changes}"));
    }
    if let Some(operation) = git.operation {
        out.push(format!("Under way: {operation}"));
    }
    let mut rest = Vec::new();
    if let Some(stashes) = git.stashes.filter(|stashes| *stashes > 0) {
        rest.push(if stashes == 1 { "1 stash".to_owned() } else { format!("{stashes} stashes") });
    }
    if let Some(tag) = &git.last_tag {
        rest.push(format!("last tag {}", text::code_span(tag)));
    }
    if git.shallow {
        rest.push("shallow clone: commit counts are lower bounds".to_owned());
    }
    if !rest.is_empty() {
        out.push(format!("Also: {}", rest.join(", ")));
    }
    out
}

fn following(git: &GitView) -> String {
    let Some(upstream) = &git.upstream else { return String::new() };
    let upstream = text::code_span(upstream);
    if git.upstream_gone {
        return format!(", upstream {upstream} is gone");
    }
    match (git.ahead.flatten(), git.behind.flatten()) {
        (Some(0), Some(0)) => format!(", level with {upstream}"),
        (Some(ahead), Some(0)) => format!(", {ahead} ahead of {upstream}"),
        (Some(0), Some(behind)) => format!(", {behind} behind {upstream}"),
        (Some(ahead), Some(behind)) => format!(", {ahead} ahead of and {behind} behind {upstream}"),
        _ => format!(", follows {upstream}"),
    }
}

/// Counts of changes in words; `None` where they do not apply.
pub(super) fn changes(git: &GitView) -> Option<String> {
    let counts = [
        (git.conflicted.flatten(), "in conflict"),
        (git.staged.flatten(), "staged"),
        (git.unstaged.flatten(), "unstaged"),
        (git.untracked.flatten(), "untracked"),
    ];
    if counts.iter().all(|(count, _)| count.is_none()) {
        return (!git.complete).then(|| "not determined".to_owned());
    }
    let some: Vec<String> =
        counts.iter().filter_map(|(count, word)| count.filter(|n| *n > 0).map(|n| format!("{n} {word}"))).collect();
    let partial = if git.complete { "" } else { " (at least)" };
    Some(if some.is_empty() { format!("none{partial}") } else { format!("{}{partial}", some.join(", ")) })
}

/// Short id, day and subject.
pub(super) fn commits(view: &StartDayView) -> Vec<String> {
    let commits = view.git.as_ref().map_or(&[][..], |git| &git.recent_commits);
    commits.iter().map(|commit| format!("{} {} {}", short(commit), day(&commit.time), commit.subject)).collect()
}

fn short(commit: &CommitView) -> &str {
    commit.id.get(..8).unwrap_or(&commit.id)
}

fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// Task, branch, port, progress.
pub(super) fn in_progress(handover: &HandoverView) -> Vec<String> {
    let rows = handover.in_progress.iter().map(|row| {
        let branch = row.branch.as_deref().map(|branch| format!("  {branch}")).unwrap_or_default();
        let port = row.port.map(|port| format!(" @ {port}")).unwrap_or_default();
        let progress = row.progress.map(|progress| format!("  {progress}%")).unwrap_or_default();
        format!("{}{branch}{port}{progress}", row.task)
    });
    rows.collect()
}

/// File, phase, step, status, tasks, drift.
pub(super) fn workflows(view: &StartDayView) -> Vec<String> {
    let rows = view.workflows.iter().map(|row| {
        let kind = row.kind.unwrap_or("workflow");
        let phase = row.phase.map(|phase| format!(" phase {phase}")).unwrap_or_default();
        let step = row.step.as_deref().map(|step| format!(" step {step}")).unwrap_or_default();
        let status = row.status.as_deref().map(|status| format!(" ({status})")).unwrap_or_default();
        let drift = row.drift.first().map(|drift| format!("; drift: {}", drift.evidence)).unwrap_or_default();
        let tasks = format!("{} of {} tasks", row.tasks_completed, row.tasks_total);
        format!("{kind} {}:{phase}{step}{status}, {tasks}{drift}", row.slug)
    });
    rows.collect()
}

/// The linked worktrees, with what to do.
pub(super) fn worktrees(view: &StartDayView) -> Vec<String> {
    view.worktrees.iter().filter(|row| !row.main).map(worktree).collect()
}

fn worktree(row: &WorktreeView) -> String {
    let mut facts = Vec::new();
    if !row.ports.is_empty() {
        facts.push(format!("ports {}", row.ports.iter().map(u16::to_string).collect::<Vec<_>>().join("/")));
    }
    if let Some(changes) = row.changes {
        facts.push(format!("{changes} changed"));
    }
    if let Some(ahead) = row.ahead.filter(|ahead| *ahead > 0) {
        facts.push(format!("{ahead} ahead"));
    }
    if let Some(behind) = row.behind.filter(|behind| *behind > 0) {
        facts.push(format!("{behind} behind"));
    }
    if let Some(days) = row.age_days {
        facts.push(match usize::try_from(days) {
            Ok(days @ 1..) => format!("last commit {} ago", count(days, "day")),
            _ => "last commit today".to_owned(),
        });
    }
    if row.merged == Some(true) {
        facts.push("merged".to_owned());
    }
    let name = row.branch.as_deref().unwrap_or("(detached)");
    let task = row.task.as_deref().map(|task| format!(" \"{task}\"")).unwrap_or_default();
    // The path is the longest part and the first to be cut.
    let RecommendationView { action, reason } = &row.recommendation;
    format!("{name}{task}: {action} ({reason}); {}; at {}", facts.join(", "), text::one_line(&row.path))
}

/// Number, agent, task, place, and the blocker.
pub(super) fn queue(view: &StartDayView) -> Vec<String> {
    view.queue.iter().enumerate().map(|(index, row)| queue_row(index + 1, row)).collect()
}

fn queue_row(number: usize, row: &QueueView) -> String {
    let agent = row.agent.as_deref().unwrap_or("no agent");
    let blocked = row.blocked_by.as_deref().map(|by| format!(" - blocked by: {by}")).unwrap_or_default();
    format!("{number}. [{agent}] {} ({}:{}){blocked}", row.task, row.source.file, row.source.line)
}

/// Spending in dollars and cents; what is not known is n/a.
pub(super) fn costs(view: &StartDayView) -> Vec<String> {
    let costs = &view.costs;
    let shown = |amount: Option<wfo_base::Usd>| amount.map_or("n/a".to_owned(), wfo_base::Usd::cents);
    let percent = costs.percent_used.map(|percent| format!(" ({percent} %)")).unwrap_or_default();
    vec![
        format!(
            "Today: {} | Month: {} of {}{percent}",
            shown(costs.today_usd),
            shown(costs.month_usd),
            shown(costs.budget_usd)
        ),
        format!("Remaining: {} | Average task: {}", shown(costs.remaining_usd), shown(costs.average_task_usd)),
    ]
}

/// Worktrees, ports, machine, context files.
pub(super) fn resources(view: &StartDayView) -> Vec<String> {
    let mut first = Vec::new();
    if view.git.is_some() {
        let most = view.worktrees_max.map(|most| format!(" of {most}")).unwrap_or_default();
        first.push(format!("Worktrees: {}{most} active", view.worktrees_active));
    }
    if let Some(ports) = &view.ports {
        let next = ports.next.map_or("none free".to_owned(), |next| format!("{next} next"));
        first.push(format!("Ports: {next}, {} leased", ports.leased));
    }
    let memory = view.resources.memory_free_mb.map(|mb| format!("{}.{} GB free", mb / 1024, mb % 1024 * 10 / 1024));
    let cpus = view.resources.cpus.map(|cpus| count(cpus, "core"));
    first.push(format!("Memory: {}", [memory, cpus].into_iter().flatten().collect::<Vec<_>>().join(", ")));
    let files: Vec<String> = view.context_files.iter().map(|file| format!("{} ({})", file.path, file.tokens)).collect();
    let files = if files.is_empty() { "none".to_owned() } else { files.join(", ") };
    vec![first.join(" | "), format!("Context files (tokens): {files}")]
}
