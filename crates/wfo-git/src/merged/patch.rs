//! Tells whether two changes are the same patch: the same paths with the same added and removed lines.
//! Line numbers and blanks at line ends do not count. Runs no textconv and no external diff: it reads blobs.

use gix::diff::blob::{Algorithm, Diff, InternedInput};
use gix::{ObjectId, Repository};

use super::difference::{Changed, Leaf};

/// The largest file whose lines are compared, in bytes; a larger one counts by its ids.
const FILE_CAP: u64 = 1 << 20;
/// The most bytes that one patch may be made from.
const PATCH_CAP: u64 = 16 << 20;
/// How many letters and digits the lines of a patch must have, so that it cannot be anybody's.
const WEIGHT: usize = 8;
/// How far into a file a zero byte makes it binary, as in git.
const BINARY_WINDOW: usize = 8_000;

/// How many bytes may still be read for patches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget(pub(crate) u64);

/// What one change does to its files, without line numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patch {
    digest: ObjectId,
    /// Whether it is so small that two people may well have made it: that it is found proves nothing.
    pub(crate) slight: bool,
}

/// Makes the patch of some differences; `None` when one cannot be read or a bound is passed.
pub(crate) fn patch(repo: &Repository, changes: &[Changed], budget: &mut Budget) -> Option<Patch> {
    let mut own = Budget(PATCH_CAP.min(budget.0));
    let start = own.0;
    let mut making = Making { repo, digest: gix::hash::hasher(gix::hash::Kind::Sha256), weight: 0 };
    let made = changes.iter().try_for_each(|change| making.add(change, &mut own));
    budget.0 -= start - own.0;
    made?;
    Some(Patch { digest: making.digest.try_finalize().ok()?, slight: making.weight < WEIGHT })
}

struct Making<'repo> {
    repo: &'repo Repository,
    digest: gix::hash::Hasher,
    weight: usize,
}

impl Making<'_> {
    fn add(&mut self, change: &Changed, budget: &mut Budget) -> Option<()> {
        self.digest.update(&change.path);
        for leaf in [change.before, change.after] {
            self.digest.update(&leaf.map_or(0, |leaf| leaf.0).to_be_bytes());
        }
        if change.before.is_none() || change.after.is_none() {
            // A path that comes or goes is enough to know the change by.
            self.weight += WEIGHT;
        }
        if change.before.map(|leaf| leaf.1) == change.after.map(|leaf| leaf.1) {
            return Some(());
        }
        let sizes = [self.size(change.before)?, self.size(change.after)?];
        if sizes.iter().any(|size| size.is_none_or(|size| size > FILE_CAP)) {
            self.by_ids(change);
            return Some(());
        }
        budget.0 = budget.0.checked_sub(sizes.iter().flatten().sum())?;
        let (old, new) = (self.content(change.before)?, self.content(change.after)?);
        if is_binary(&old) || is_binary(&new) {
            self.by_ids(change);
        } else {
            self.by_lines(&old, &new);
        }
        Some(())
    }

    /// Returns how large a file is; inner `None` for what is no file with lines (a link, a submodule).
    fn size(&self, leaf: Option<Leaf>) -> Option<Option<u64>> {
        match leaf {
            None => Some(Some(0)),
            Some((mode, id)) if mode & 0o170_000 == 0o100_000 => Some(Some(self.repo.find_header(id).ok()?.size())),
            Some(_) => Some(None),
        }
    }

    fn content(&self, leaf: Option<Leaf>) -> Option<Vec<u8>> {
        match leaf {
            None => Some(Vec::new()),
            Some((_, id)) => Some(self.repo.find_blob(id).ok()?.take_data()),
        }
    }

    fn by_ids(&mut self, change: &Changed) {
        self.weight += WEIGHT;
        for leaf in [change.before, change.after] {
            self.digest.update(b"=");
            if let Some((_, id)) = leaf {
                self.digest.update(id.as_slice());
            }
        }
    }

    fn by_lines(&mut self, old: &[u8], new: &[u8]) {
        let sides = [lines(old), lines(new)];
        let mut input: InternedInput<&[u8]> = InternedInput::default();
        input.update_before(sides[0].iter().copied());
        input.update_after(sides[1].iter().copied());
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        for hunk in diff.hunks() {
            for (sign, side, range) in [(b"-", &sides[0], hunk.before), (b"+", &sides[1], hunk.after)] {
                for line in side.get(range.start as usize..range.end as usize).unwrap_or_default() {
                    self.weight += line.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte > 0x7f).count();
                    self.digest.update(sign);
                    self.digest.update(line);
                    self.digest.update(b"\n");
                }
            }
        }
        self.digest.update(b"\0");
    }
}

/// Cuts a text into its lines without the blanks at their ends.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).collect()
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(BINARY_WINDOW).any(|byte| *byte == 0)
}
