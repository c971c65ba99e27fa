//! `release version`: the next version and the reasons for it.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::release::Release;
use wfo_todo::version::{Bump, Reason};

use super::{Call, From, Outcome};
use crate::answer::{Answer, View};
use crate::render::{Paint, Table, and_more, cut};

/// Propose the next version, with the reasons
///
/// Semantic versioning from conventional commits and the public files of the stack: never below what the commits ask for. Before 1.0.0
/// a breaking change raises the middle number.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    from: From,
}

/// The next version.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// The version that comes next.
    version: String,
    /// The highest version among the tags; null = no tag is a version.
    previous: Option<String>,
    /// none, patch, minor or major.
    bump: &'static str,
    /// Why, the largest first.
    reasons: Vec<ReasonView>,
    /// Reasons that are not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons_more: Option<usize>,
    /// The version that the project's own files name.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<CurrentView>,
    /// The name of the hotfix; only on a branch `hotfix/...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hotfix: Option<String>,
    /// Where the commits begin: a tag, or what was named; null = at the first commit.
    base: Option<String>,
    /// How many commits were read.
    commits: usize,
    /// Whether all of them were read.
    complete: bool,
}

/// One reason.
#[derive(Debug, Serialize, JsonSchema)]
struct ReasonView {
    /// commit, file or rule.
    kind: &'static str,
    /// By how much this alone asks for.
    bump: &'static str,
    /// The commit that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// The public file that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// What it is.
    text: String,
}

/// A version in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct CurrentView {
    /// The file.
    file: &'static str,
    /// The version.
    version: String,
}

fn word(bump: Bump) -> &'static str {
    match bump {
        Bump::None => "none",
        Bump::Patch => "patch",
        Bump::Minor => "minor",
        Bump::Major => "major",
    }
}

impl std::convert::From<&Reason> for ReasonView {
    fn from(reason: &Reason) -> Self {
        let kind = match (&reason.commit, &reason.item) {
            (Some(_), _) => "commit",
            (None, Some(_)) => "file",
            (None, None) => "rule",
        };
        Self {
            kind,
            bump: word(reason.bump),
            commit: reason.commit.clone(),
            file: reason.item.as_deref().map(text::quoted),
            text: text::clip(&text::one_line(&reason.text), 300).into_owned(),
        }
    }
}

impl Shown {
    fn new(release: &Release) -> Self {
        let proposal = &release.proposal;
        let more = proposal.reasons_more;
        Self {
            version: proposal.version.to_string(),
            previous: proposal.previous.as_ref().map(ToString::to_string),
            bump: word(proposal.bump),
            reasons: proposal.reasons.iter().map(ReasonView::from).collect(),
            reasons_more: (more > 0).then_some(more),
            current: release
                .current
                .as_ref()
                .map(|found| CurrentView { file: found.file, version: text::quoted(&found.version) }),
            hotfix: release.hotfix.clone(),
            base: release.base.as_deref().map(text::quoted),
            commits: release.commits.len(),
            complete: !release.cut,
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let previous = self.previous.as_deref().unwrap_or("no version");
        let mut out = format!("{} after {previous} ({})\n", paint.bold(&self.version), self.bump);
        if let Some(hotfix) = &self.hotfix {
            out += &format!("as a hotfix: {hotfix}\n");
        }
        if let Some(current) = self.current.as_ref().filter(|current| current.version != self.version) {
            out += &format!("{} says {}\n", current.file, current.version);
        }
        let since = self.base.as_deref().map_or_else(|| "in all".to_owned(), |base| format!("since {base}"));
        let most = if self.complete { "" } else { " or more" };
        out += &format!("{} commits{most} {since}\n", self.commits);
        let mut table = Table::new();
        for reason in &self.reasons {
            let commit = reason.commit.as_deref().and_then(|id| id.get(..8)).unwrap_or_default();
            table.row([format!("  {}", reason.bump), paint.dim(commit), reason.text.clone()]);
        }
        out + &table.lines(0) + &and_more(self.reasons_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        let before = self.reasons_more.take().unwrap_or(0);
        cut(&mut self.reasons, &mut self.reasons_more, limit);
        let all = before + self.reasons_more.unwrap_or(0);
        self.reasons_more = (all > 0).then_some(all);
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let release = call.look(&args.from, notes)?;
    let next = (!release.commits.is_empty()).then(|| "wfo-helper release notes".to_owned());
    Ok(Answer::new("wfo.release-version/1", Shown::new(&release)).next(next).into())
}
