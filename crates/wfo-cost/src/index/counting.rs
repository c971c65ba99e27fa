//! The rule of counting: which of the lines about one response wins, and which of the names of one response count.
//! The order in which lines are seen plays no part.

use std::cmp::Ordering;

use super::record::{FileMark, Record};

/// Says which of two lines about the same response is the better one (`Greater` = `a`): not in a side chain, then more
/// tokens, then the first by path and place in the file.
pub(super) fn rank(a: &Record, b: &Record, files: &[FileMark]) -> Ordering {
    let path = |record: &Record| files.get(record.file as usize).map(|file| file.path.as_slice());
    b.sidechain
        .cmp(&a.sidechain)
        .then_with(|| a.tokens.sum().cmp(&b.tokens.sum()))
        .then_with(|| if a.file == b.file { Ordering::Equal } else { path(b).cmp(&path(a)) })
        .then_with(|| b.offset.cmp(&a.offset))
}

/// Marks which records of one `message.id` count.
///
/// A line of a side chain beside one that is in none is a replay, whatever its `requestId`. A line without `requestId` is
/// known by `message.id` alone: beside one record with a `requestId` the better of the two counts, beside several it is one
/// of them.
pub(super) fn resolve(group: &mut [Record], files: &[FileMark]) {
    let parents = group.iter().any(|record| !record.sidechain);
    for record in group.iter_mut() {
        record.counted = !(parents && record.sidechain);
    }
    let named: Vec<usize> = positions(group, |record| record.key.request != 0);
    let nameless: Vec<usize> = positions(group, |record| record.key.request == 0);
    let ([bare], Some(first)) = (nameless.as_slice(), named.first()) else { return };
    let better = match (group.get(*bare), group.get(*first)) {
        (Some(bare), Some(named_one)) if named.len() == 1 => rank(bare, named_one, files) == Ordering::Greater,
        _ => false,
    };
    let loser = if better { *first } else { *bare };
    if let Some(record) = group.get_mut(loser) {
        record.counted = false;
    }
}

fn positions(group: &[Record], wanted: impl Fn(&Record) -> bool) -> Vec<usize> {
    let found = group.iter().enumerate().filter(|(_, record)| record.counted && wanted(record));
    found.map(|(at, _)| at).collect()
}
