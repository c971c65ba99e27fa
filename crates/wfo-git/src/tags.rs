//! Finds the tag on the latest reachable tagged commit, by an own walk that stops there.
//! Never looks further than its cap; the walk is skipped when there are no tags.

use std::cmp::Ordering;

use gix::bstr::ByteSlice;
use gix::hashtable::HashMap;
use gix::{ObjectId, Repository};

use crate::history::History;

/// The most commits that are looked at.
pub(crate) const CAP: usize = 5_000;

/// One tag of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    name: String,
    /// The tag object, for an annotated one.
    object: Option<ObjectId>,
}

/// Finds it; `None` when no tag is reachable within the cap.
pub(crate) fn latest(
    repo: &Repository,
    history: &mut History<'_>,
    head: ObjectId,
) -> Result<Option<String>, gix::Error> {
    let tagged = tagged(repo)?;
    if tagged.is_empty() {
        return Ok(None);
    }
    let mut found = None;
    history.walk(head, CAP, |id| {
        found = tagged.get(&id);
        found.is_none()
    });
    Ok(found.and_then(|tags| best(repo, tags)))
}

fn tagged(repo: &Repository) -> Result<HashMap<ObjectId, Vec<Tag>>, gix::Error> {
    let mut tagged: HashMap<ObjectId, Vec<Tag>> = HashMap::default();
    let references = repo.references()?;
    let packed = repo.refs.cached_packed_buffer().ok().flatten();
    for reference in references.tags()?.filter_map(Result::ok) {
        let mut reference = reference;
        let name = reference.name().as_bstr().strip_prefix(b"refs/tags/").map(|name| name.to_str_lossy().into_owned());
        let first = reference.try_id().map(gix::Id::detach);
        let Ok(commit) = reference.peel_to_id_packed(packed.as_ref().map(|packed| &***packed)) else { continue };
        let commit = commit.detach();
        if let Some(name) = name {
            let object = first.filter(|id| *id != commit);
            tagged.entry(commit).or_default().push(Tag { name, object });
        }
    }
    Ok(tagged)
}

/// Of several tags on one commit: annotated before plain, then the newest, then the higher version.
fn best(repo: &Repository, tags: &[Tag]) -> Option<String> {
    if let [only] = tags {
        return Some(only.name.clone());
    }
    let when = |tag: &Tag| -> Option<i64> {
        let object = repo.find_tag(tag.object?).ok()?;
        let tagger = object.tagger().ok()??;
        Some(tagger.seconds())
    };
    tags.iter()
        .map(|tag| (tag.object.is_some(), when(tag), tag))
        .max_by(|(a_annotated, a_when, a), (b_annotated, b_when, b)| {
            a_annotated.cmp(b_annotated).then(a_when.cmp(b_when)).then_with(|| by_version(&a.name, &b.name))
        })
        .map(|(_, _, tag)| tag.name.clone())
}

/// Compares names so that `v1.10` is above `v1.9`, and `v1.0` above `v1.0-rc1`.
fn by_version(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        match (a, b) {
            ([], []) => return Ordering::Equal,
            ([], [b'-', ..]) => return Ordering::Greater,
            ([b'-', ..], []) => return Ordering::Less,
            ([], _) => return Ordering::Less,
            (_, []) => return Ordering::Greater,
            ([x, a_rest @ ..], [y, b_rest @ ..]) => {
                if x.is_ascii_digit() && y.is_ascii_digit() {
                    let (left, a_tail) = number(a);
                    let (right, b_tail) = number(b);
                    match left.len().cmp(&right.len()).then_with(|| left.cmp(right)) {
                        Ordering::Equal => (a, b) = (a_tail, b_tail),
                        unequal => return unequal,
                    }
                } else if x == y {
                    (a, b) = (a_rest, b_rest);
                } else {
                    return x.cmp(y);
                }
            }
        }
    }
}

/// Splits off the leading number, without its leading zeros.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (digits.get(zeros..).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_names_compare_as_versions() {
        for (lower, higher) in
            [("v1.9", "v1.10"), ("v1.0-rc1", "v1.0"), ("v1.0", "v1.0.1"), ("a", "b"), ("v01", "v2"), ("v1", "v1a")]
        {
            assert_eq!(by_version(lower, higher), Ordering::Less, "{lower} {higher}");
            assert_eq!(by_version(higher, lower), Ordering::Greater, "{higher} {lower}");
        }
        assert_eq!(by_version("v1.01", "v1.1"), Ordering::Equal);
    }
}
