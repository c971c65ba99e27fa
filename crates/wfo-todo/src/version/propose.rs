//! From tags, commits and the public surface to the next version, with its reasons.
//! Never below what the commits ask for; before 1.0.0 a breaking change raises the middle number.

use semver::{Prerelease, Version};
use wfo_base::text::code_span;

use super::commit::{Commit, standing};
use super::read;

/// The first version of a project that has none.
const FIRST: Version = Version::new(0, 1, 0);
/// The most reasons that are named for each size of step.
const REASONS: usize = 20;

/// By how much a version rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Not at all: nothing has changed.
    None,
    /// The last number.
    Patch,
    /// The middle number.
    Minor,
    /// The first number.
    Major,
}

/// What became of a part of the public surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SurfaceChange {
    /// Its file was edited, and nobody knows what that means for users.
    Touched,
    /// It is new.
    Added,
    /// What users write to call it has changed.
    Changed,
    /// It is gone.
    Removed,
}

/// One part of the public surface that changed: an item or a file, as the language's reader names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// Its name or path.
    pub item: String,
    /// What became of it.
    pub change: SurfaceChange,
}

/// Why a version has to rise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// By how much this alone asks for.
    pub bump: Bump,
    /// What it is, one line.
    pub text: String,
    /// The commit that says so.
    pub commit: Option<String>,
    /// The public file or item that says so.
    pub item: Option<String>,
}

/// The next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Such as `1.4.0`.
    pub version: Version,
    /// The highest tag; none = there is no version yet.
    pub previous: Option<Version>,
    /// By how much it rises.
    pub bump: Bump,
    /// Why, the largest first.
    pub reasons: Vec<Reason>,
    /// Reasons that are not named.
    pub reasons_more: usize,
}

/// Returns the highest version among tags, with or without `v`, pre-releases in their order; other tags do not count.
#[must_use]
pub fn highest<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Version> {
    tags.into_iter().filter_map(read).max_by(Version::cmp_precedence)
}

/// Proposes the next version. `commits` are those since the highest tag, newest first.
#[must_use]
pub fn propose<'a>(tags: impl IntoIterator<Item = &'a str>, commits: &[Commit], surface: &[Surface]) -> Proposal {
    let previous = highest(tags);
    let mut reasons: Vec<Reason> = of_commits(commits);
    reasons.extend(surface.iter().map(of_surface));
    // A stable sort keeps commits newest first, and before the surface, within one size.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));
    let demanded = reasons.first().map_or(Bump::None, |reason| reason.bump);
    let (version, bump) = match &previous {
        None => (FIRST, Bump::Minor),
        Some(previous) => raise(previous, demanded),
    };
    if bump < demanded && version.major == 0 && previous.is_some() {
        let text = "before 1.0.0 a breaking change raises the middle number".to_owned();
        reasons.insert(0, Reason { bump, text, commit: None, item: None });
    }
    if previous.is_none() {
        reasons.insert(0, Reason { bump, text: "no tag is a version yet".to_owned(), commit: None, item: None });
    }
    let more = reasons.len().saturating_sub(REASONS);
    reasons.truncate(REASONS);
    Proposal { version, previous, bump, reasons, reasons_more: more }
}

fn of_commits(commits: &[Commit]) -> Vec<Reason> {
    let reason = |(commit, read): (&Commit, super::Conventional)| {
        let bump = read.demands();
        let what = match (bump, read.kind.as_deref()) {
            (Bump::Major, _) => "breaking change",
            (Bump::Minor, _) => "feature",
            (_, Some("fix")) => "fix",
            (_, Some("perf")) => "faster",
            (_, Some("revert")) => "revert",
            (_, None) if read.is_revert => "revert",
            (_, None) => "commit without a type",
            (_, Some(_)) => "other change",
        };
        Reason {
            bump,
            text: format!("{what}: {}", code_span(&read.subject)),
            commit: Some(commit.id.clone()),
            item: None,
        }
    };
    standing(commits).into_iter().map(reason).collect()
}

fn of_surface(surface: &Surface) -> Reason {
    let (bump, what) = match surface.change {
        SurfaceChange::Removed => (Bump::Major, "public, and gone"),
        SurfaceChange::Changed => (Bump::Major, "public, and called differently"),
        SurfaceChange::Added => (Bump::Minor, "public, and new"),
        SurfaceChange::Touched => (Bump::Patch, "public, and edited"),
    };
    let text = format!("{what}: {}", code_span(&surface.item));
    Reason { bump, text, commit: None, item: Some(surface.item.clone()) }
}

/// Raises a version. A pre-release becomes the version it is of, where that is far enough away.
fn raise(previous: &Version, demanded: Bump) -> (Version, Bump) {
    let Version { major, minor, patch, .. } = *previous;
    let is_pre = previous.pre != Prerelease::EMPTY;
    let bump = if major == 0 { demanded.min(Bump::Minor) } else { demanded };
    let version = match bump {
        Bump::None => return (previous.clone(), Bump::None),
        Bump::Patch if is_pre => Version::new(major, minor, patch),
        Bump::Patch => Version::new(major, minor, patch + 1),
        Bump::Minor if is_pre && patch == 0 => Version::new(major, minor, 0),
        Bump::Minor => Version::new(major, minor + 1, 0),
        Bump::Major if is_pre && minor == 0 && patch == 0 => Version::new(major, 0, 0),
        Bump::Major => Version::new(major + 1, 0, 0),
    };
    (version, bump)
}

/// Names the next hotfix of a version: `v1.4.0-hotfix.2` after `v1.4.0-hotfix.1`.
#[must_use]
pub fn hotfix_name<'a>(fixed: &Version, tags: impl IntoIterator<Item = &'a str>) -> String {
    let core = Version::new(fixed.major, fixed.minor, fixed.patch);
    let number = |tag: &str| {
        let tag = read(tag)?;
        let same = (tag.major, tag.minor, tag.patch) == (core.major, core.minor, core.patch);
        let number = tag.pre.as_str().strip_prefix("hotfix.")?.parse::<u32>().ok()?;
        same.then_some(number)
    };
    let last = tags.into_iter().filter_map(number).max().unwrap_or(0);
    format!("v{core}-hotfix.{}", u64::from(last) + 1)
}

/// Reads the name of a hotfix, also behind `hotfix/`: the version that it mends, and its number.
#[must_use]
pub fn hotfix_of(name: &str) -> Option<(Version, u32)> {
    let version = read(name.strip_prefix("hotfix/").unwrap_or(name))?;
    let number = version.pre.as_str().strip_prefix("hotfix.")?.parse().ok()?;
    Some((Version::new(version.major, version.minor, version.patch), number))
}
