//! Every error code with its exit status: the one list that `reference/errors.md` is compared with.
//! A new code is one line here and one row there.

use crate::exit::Exit;

/// A stable name for one kind of problem, and the exit status it ends a command with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    /// `area.problem`, never renamed.
    pub id: &'static str,
    /// What the process exits with when this ends the command.
    pub exit: Exit,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $exit:ident;)*) => {
        $($(#[$doc])* pub const $name: Code = Code { id: $id, exit: Exit::$exit };)*
        /// All codes, in the order of the list.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// A fault of wfo-helper itself.
    BUG = "bug.internal", Bug;
    /// The answer could not be written to stdout or `--out`.
    OUTPUT_FAILED = "output.failed", Tool;
    /// The answer cannot be as short as `--max-tokens` asks.
    OUTPUT_OVER_LIMIT = "output.over-limit", Done;
    /// `--out` names a place that must not be written.
    OUTPUT_REFUSED = "output.refused", Refused;
    /// Unknown command, flag or value.
    USAGE = "usage.invalid", Usage;
    /// `WFO_NOW` fixes the clock.
    CLOCK_FIXED = "clock.fixed", Done;
    /// `WFO_NOW` or `TZ` cannot be read.
    CLOCK_INVALID = "clock.invalid", Usage;
    /// No home folder and no `CLAUDE_CONFIG_DIR`.
    CONFIG_NO_HOME = "config.no-home", Wrong;
    /// A configuration file that does not parse.
    CONFIG_INVALID = "config.invalid", Wrong;
    /// A configuration key that nothing reads.
    CONFIG_KEY_UNKNOWN = "config.key-unknown", Wrong;
    /// A configuration value that is not one of the possible ones.
    CONFIG_VALUE_UNKNOWN = "config.value-unknown", Wrong;
    /// A repository sets what only the user may set.
    CONFIG_NOT_YOURS = "config.not-from-repository", Wrong;
    /// The user's configuration can be written by others, so it grants nothing.
    CONFIG_UNSAFE = "config.unsafe-permissions", Wrong;
    /// A path at which no folder of the standard can be.
    DIRS_PATH = "dirs.path-invalid", Wrong;
    /// The standard for folders is not switched on.
    DIRS_OFF = "dirs.off", Done;
    /// A file that should be there is not.
    FILE_MISSING = "file.missing", Wrong;
    /// A file that cannot be read.
    FILE_UNREADABLE = "file.unreadable", Wrong;
    /// Not a regular file (FIFO, device, folder, socket).
    FILE_NOT_REGULAR = "file.not-regular", Wrong;
    /// A link that leads out of the repository, or in a circle.
    FILE_LINK_OUTSIDE = "file.link-outside", Wrong;
    /// A file above the size that is read.
    FILE_TOO_LARGE = "file.too-large", Wrong;
    /// Bytes that are not UTF-8 were replaced.
    FILE_NOT_UTF8 = "file.not-utf8", Wrong;
    /// A file could not be written.
    FILE_NOT_WRITTEN = "file.not-written", Tool;
    /// Another process holds the lock too long.
    LOCK_TIMEOUT = "lock.timeout", Conflict;
    /// A process could not be started.
    TOOL_MISSING = "tool.missing", Tool;
    /// A process ran longer than its limit.
    TOOL_TIMEOUT = "tool.timeout", Tool;
    /// A process ended badly.
    TOOL_FAILED = "tool.failed", Tool;
    /// Ctrl-C while tools ran.
    TOOL_INTERRUPTED = "tool.interrupted", Interrupted;
    /// SIGTERM while tools ran.
    TOOL_TERMINATED = "tool.terminated", Terminated;
    /// A table that does not parse or breaks a rule.
    TABLE_INVALID = "table.invalid", No;
    /// A row of a repository's table that is not allowed to count.
    TABLE_ROW_IGNORED = "table.row-ignored", Wrong;
    /// A template that does not render.
    TEMPLATE_INVALID = "template.invalid", Wrong;
    /// A template that takes too long or writes too much.
    TEMPLATE_LIMIT = "template.limit", Wrong;
    /// The baseline of findings cannot be read, so nothing is marked as new.
    GATE_BASELINE_INVALID = "gate.baseline-invalid", Wrong;
    /// A check that is not in the gate.
    GATE_CHECK_UNKNOWN = "gate.check-unknown", Wrong;
    /// The content of the checkout cannot be read, so nothing can be said about it.
    GATE_CONTENT_UNKNOWN = "gate.content-unknown", Wrong;
    /// Stored evidence that wfo did not write, or that cannot be read, does not count.
    GATE_EVIDENCE_INVALID = "gate.evidence-invalid", Wrong;
    /// An item that is in no checklist of the gate.
    GATE_ITEM_UNKNOWN = "gate.item-unknown", Wrong;
    /// There is no evidence to make a baseline of.
    GATE_NO_EVIDENCE = "gate.no-evidence", Wrong;
    /// No check of the gate reads a report that was given.
    GATE_REPORT_UNUSED = "gate.report-unused", Done;
    /// No gate or checklist has this name.
    GATE_UNKNOWN = "gate.unknown", Wrong;
    /// A waiver that waives nothing.
    GATE_WAIVER_INVALID = "gate.waiver-invalid", Wrong;
    /// A waiver of the repository that nobody has confirmed here; it waives nothing.
    GATE_WAIVER_UNAPPROVED = "gate.waiver-unapproved", Done;
    /// A waiver that covers nothing of what the reports tell.
    GATE_WAIVER_UNMATCHED = "gate.waiver-unmatched", Done;
    /// Not inside a git repository.
    GIT_NONE = "git.no-repository", Wrong;
    /// A repository that cannot be opened.
    GIT_UNREADABLE = "git.unreadable", Wrong;
    /// A bare repository where files are to be laid.
    GIT_NO_WORK_TREE = "git.no-work-tree", Wrong;
    /// A part of git's state could not be read.
    GIT_PART_FAILED = "git.part-failed", Wrong;
    /// Status was not finished in the time given.
    GIT_INCOMPLETE = "git.incomplete", Wrong;
    /// Filters named by the repository were not run.
    GIT_FILTERS_SKIPPED = "git.filters-skipped", Done;
    /// A shallow clone: counts are lower bounds.
    GIT_SHALLOW = "git.shallow", Done;
    /// A name that git does not take for a branch.
    GIT_BRANCH_INVALID = "git.branch-invalid", Wrong;
    /// A revision that leads to no commit.
    GIT_REVISION_UNKNOWN = "git.revision-unknown", Wrong;
    /// A repository without a commit where one is needed.
    GIT_NO_COMMITS = "git.no-commits", Wrong;
    /// A lock of git's own is held too long.
    GIT_LOCKED = "git.locked", Conflict;
    /// A branch is not where it was when it was looked at.
    GIT_BRANCH_MOVED = "git.branch-moved", Conflict;
    /// A checkout with changes, or an operation under way, where a clean one is needed.
    GIT_DIRTY = "git.dirty", Refused;
    /// There is nothing to merge.
    GIT_UP_TO_DATE = "git.up-to-date", Done;
    /// Two branches change the same lines.
    GIT_MERGE_CONFLICT = "git.merge-conflict", Conflict;
    /// Not all could be looked at, so nobody knows.
    SCAN_INCOMPLETE = "scan.incomplete", Unknown;
    /// The worktree registry does not parse.
    REGISTRY_INVALID = "worktree.registry-invalid", Wrong;
    /// A row of the registry that cannot be read.
    REGISTRY_ROW_INVALID = "worktree.registry-row-invalid", Wrong;
    /// The branch, the folder or the worktree is there already.
    WORKTREE_EXISTS = "worktree.exists", Conflict;
    /// No worktree has this branch or folder.
    WORKTREE_UNKNOWN = "worktree.unknown", Wrong;
    /// As many worktrees of the project are active as the table allows.
    WORKTREE_LIMIT = "worktree.limit", Refused;
    /// A worktree holds what exists nowhere else, or nobody can tell.
    WORKTREE_UNSAFE = "worktree.unsafe", Refused;
    /// Another call of wfo-helper is at work on the same worktree.
    WORKTREE_BUSY = "worktree.busy", Conflict;
    /// Something that an ended call left half done was repaired.
    WORKTREE_REPAIRED = "worktree.repaired", Done;
    /// The set-up command of a new worktree failed; the worktree was taken back.
    WORKTREE_SETUP_FAILED = "worktree.setup-failed", Tool;
    /// An ignored file was not carried into a worktree.
    WORKTREE_NOT_CARRIED = "worktree.not-carried", Done;
    /// A folder where no worktree may be made.
    WORKTREE_PATH_REFUSED = "worktree.path-refused", Refused;
    /// No pair of ports is free.
    PORT_POOL_EXHAUSTED = "port.pool-exhausted", Conflict;
    /// A range of ports, or a number of them, that cannot be.
    PORT_INVALID = "port.invalid", Usage;
    /// No lease for this branch.
    PORT_NO_LEASE = "port.no-lease", Wrong;
    /// The lease that is there has another number of ports than was asked for.
    PORT_COUNT_DIFFERS = "port.count-differs", Done;
    /// An env file that is not written.
    PORT_ENV_REFUSED = "port.env-refused", Refused;
    /// Nobody says whose `contrib/` branch is to be made.
    INIT_NO_USER = "init.no-user", Done;
    /// An answer about review threads is not the last page, or lacks comments.
    PR_MORE_PAGES = "pr.more-pages", Done;
    /// More issues are to be made than one proposal holds.
    PR_MORE_ISSUES = "pr.more-issues", Done;
    /// The remote is at no host that could be asked about pull requests.
    PR_NO_HOST = "pr.no-host", Wrong;
    /// An answer about review threads that cannot be read.
    PR_UNREADABLE = "pr.unreadable", Wrong;
    /// A list of tasks that cannot be read.
    PLAN_UNREADABLE = "plan.unreadable", Wrong;
    /// Tasks that wait for each other in a circle.
    PLAN_CYCLE = "plan.cycle", Wrong;
    /// A task waits for one that is not in the list.
    PLAN_DEPENDENCY_UNKNOWN = "plan.dependency-unknown", Wrong;
    /// Only the newest commits since the last version were read.
    RELEASE_CUT = "release.history-cut", Done;
    /// CHANGELOG.md has a section for this version.
    RELEASE_NOTED = "release.noted", Conflict;
    /// Not a version by semantic versioning.
    RELEASE_VERSION = "release.version-invalid", Wrong;
    /// A TODO file that cannot be read.
    TODO_UNREADABLE = "todo.unreadable", Wrong;
    /// A phase that is not one of 0-6.
    TODO_PHASE_UNKNOWN = "todo.phase-unknown", Wrong;
    /// An acceptance criterion that no item of the specification covers.
    TODO_CRITERION_OPEN = "todo.criterion-open", No;
    /// A task of the plan that belongs to no epic.
    TODO_TASK_NO_EPIC = "todo.task-without-epic", No;
    /// Another technology than the architecture names.
    TODO_TECHNOLOGY = "todo.technology-differs", No;
    /// A task of a TODO file that is understood only in part.
    TODO_TASK_ODD = "todo.task-odd", Wrong;
    /// A TODO file that can be read, but in which this cannot be changed safely.
    TODO_EDIT_REFUSED = "todo.edit-refused", Refused;
    /// The marks of a section that is written do not pair.
    TODO_MARKS_BROKEN = "todo.marks-broken", Refused;
    /// A TODO.md that a person keeps is left alone.
    TODO_MANIFEST_FOREIGN = "todo.manifest-foreign", Done;
    /// A workflow without any document that could be written to.
    TODO_NO_DOCUMENTS = "todo.no-documents", Wrong;
    /// A TODO file breaks a rule of its format.
    TODO_RULE_BROKEN = "todo.rule-broken", No;
    /// A slug that cannot be part of file and branch names.
    TODO_SLUG_INVALID = "todo.slug-invalid", Wrong;
    /// No TODO is meant by this name, or there is none.
    TODO_UNKNOWN = "todo.unknown", Wrong;
    /// More than one TODO could be meant.
    TODO_AMBIGUOUS = "todo.ambiguous", Wrong;
    /// A file of this name, or active work of this slug, is there.
    TODO_EXISTS = "todo.exists", Conflict;
    /// A file that was to be committed holds a secret.
    TODO_SECRET = "todo.secret", Refused;
    /// A TODO file was changed by somebody else at the same time.
    TODO_CHANGED = "todo.changed", Conflict;
    /// No task has this id.
    TODO_TASK_UNKNOWN = "todo.task-unknown", Wrong;
    /// Answers for planning documents that cannot be taken.
    TODO_ANSWERS_INVALID = "todo.answers-invalid", Wrong;
    /// A key or value that cannot be set.
    TODO_VALUE_INVALID = "todo.value-invalid", Wrong;
    /// A step was named that is not a matter of choice.
    NEXT_STEP = "next.step-unknown", Wrong;
    /// A hand-over page that cannot be understood.
    HANDOVER_UNREADABLE = "handover.unreadable", Wrong;
    /// There is nothing that a backup could hold.
    CONTEXT_NOTHING = "context.nothing-to-save", Wrong;
    /// No backup of this stamp, or none at all.
    CONTEXT_BACKUP_UNKNOWN = "context.backup-unknown", Wrong;
    /// A backup whose files are not those that were saved.
    CONTEXT_BACKUP_INVALID = "context.backup-invalid", Wrong;
    /// `.claude/context.json` is no object; it is left as it is.
    CONTEXT_DATA_INVALID = "context.data-invalid", Wrong;
    /// A page was changed by somebody else again and again while it was written.
    CONTEXT_CHANGED = "context.changed", Conflict;
    /// A cost file that does not parse.
    COST_FILE_INVALID = "cost.file-invalid", Wrong;
    /// A model without a known price: its tokens count, its cost does not.
    COST_UNPRICED = "cost.unpriced", Done;
    /// An amount, a token count or a date that cannot be.
    COST_AMOUNT_INVALID = "cost.amount-invalid", Wrong;
    /// Responses are dated in the future; they count on their day.
    COST_CLOCK_AHEAD = "cost.clock-ahead", Done;
    /// Nothing was spent on a feature of this name.
    COST_FEATURE_UNKNOWN = "cost.feature-unknown", Wrong;
    /// The index of transcripts is damaged; it was put aside and is made anew from the transcripts.
    COST_INDEX_INVALID = "cost.index-invalid", Done;
    /// The ledger knows transcripts that the index does not: copies of deleted transcripts cannot be recognised.
    COST_INDEX_LOST = "cost.index-lost", Done;
    /// Files of an older life became ledger rows; where transcripts tell of the same day they do not count.
    COST_LEGACY = "cost.legacy", Done;
    /// Lines of transcripts that cannot be read were left out.
    COST_LINES_SKIPPED = "cost.lines-skipped", Done;
    /// No transcripts where they are looked for.
    COST_NO_TRANSCRIPTS = "cost.no-transcripts", Done;
    /// A budget file holds an address to notify; it is not used.
    COST_NOTIFY_IN_FILE = "cost.notify-in-file", Done;
    /// A plan or a list of options that does not parse or lacks a figure.
    COST_PLAN_INVALID = "cost.plan-invalid", Wrong;
    /// Prices are older than 90 days.
    COST_PRICES_OLD = "cost.prices-old", Done;
    /// A transcript cannot be read; what it would have told is missing.
    COST_TRANSCRIPT_UNREADABLE = "cost.transcript-unreadable", Done;
    /// More transcripts are unread than a quick look reads, so totals are unknown.
    COST_UNREAD = "cost.unread", Done;
    /// A model that no row of the price table names.
    MODEL_UNKNOWN = "model.unknown", Wrong;
    /// A manifest of the project (`package.json` and the like) that does not parse.
    STACK_MANIFEST_INVALID = "stack.manifest-invalid", Wrong;
    /// Text of the repository that nobody has approved.
    COMMAND_UNAPPROVED = "command.unapproved", Refused;
    /// The address of a webhook is none that is posted to.
    NOTIFY_ADDRESS = "notify.address-invalid", Wrong;
    /// A summary was not posted.
    NOTIFY_FAILED = "notify.failed", Tool;
    /// No variable names a webhook.
    NOTIFY_NONE = "notify.no-webhook", Wrong;
    /// A proposal needs a person's yes.
    PROPOSAL_NEEDS_PERSON = "proposal.needs-person", Refused;
    /// The proposal was already carried out.
    PROPOSAL_USED = "proposal.used", Conflict;
    /// What was shown has changed since.
    PROPOSAL_STALE = "proposal.stale", Conflict;
    /// No such proposal was ever made.
    PROPOSAL_UNKNOWN = "proposal.unknown", Wrong;
    /// The ticket is wrong, used or too old.
    PROPOSAL_TICKET = "proposal.ticket-invalid", Refused;
    /// An approval that is not in the list.
    TRUST_UNKNOWN = "trust.unknown", Wrong;
    /// No such reference page.
    REF_UNKNOWN = "ref.unknown-topic", Wrong;
    /// No such schema.
    SCHEMA_UNKNOWN = "schema.unknown", Wrong;
    /// git's hooks belong to a manager or lie elsewhere, so `setup` writes none.
    HOOKS_ELSEWHERE = "hooks.elsewhere", Done;
    /// A hook that is there stays as it is, or is kept beside ours.
    HOOKS_KEPT = "hooks.kept", Done;
    /// git would not run wfo's hooks in a checkout.
    HOOKS_OFF = "hooks.would-not-run", No;
    /// Another setting takes the effect of the permission lines away.
    SETTINGS_DEFEATED = "settings.defeated", Wrong;
    /// A settings file that does not parse is not touched.
    SETTINGS_INVALID = "settings.invalid", Wrong;
    /// Another status line is set; it stays.
    SETTINGS_STATUS_LINE = "settings.status-line-kept", Done;
    /// A part of the briefing ended with a fault of our own.
    PART_LOST = "start-day.part-lost", Bug;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_named_once_and_reads_area_dot_problem() {
        let mut seen = std::collections::BTreeSet::new();
        for code in ALL {
            assert!(seen.insert(code.id), "{} stands twice", code.id);
            let (area, problem) = code.id.split_once('.').expect("a dot");
            assert!(!area.is_empty() && !problem.is_empty());
            assert!(code.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c)));
        }
    }
}
