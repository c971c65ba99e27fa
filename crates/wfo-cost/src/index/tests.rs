//! The rule of counting and the bytes of the index: any order, any split, any damage.

use std::borrow::Cow;
use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::transcript::Entry;
use crate::{Tier, Tokens};

/// A base and a journal in memory.
#[derive(Debug, Default)]
struct Kept {
    base: Vec<u8>,
    frames: Vec<Vec<u8>>,
}

impl Source for Kept {
    fn length(&self) -> u64 {
        self.base.len() as u64
    }

    fn read(&self, from: u64, length: usize) -> Option<Vec<u8>> {
        let from = usize::try_from(from).ok()?;
        self.base.get(from..from.checked_add(length)?).map(<[u8]>::to_vec)
    }
}

/// One line of a made-up transcript.
#[derive(Debug, Clone, Copy)]
struct Line {
    message: u128,
    request: u64,
    tokens: u64,
    at: i64,
    sidechain: bool,
    file: usize,
    offset: u64,
}

const PATHS: [&str; 3] = ["/c/projects/a/s1.jsonl", "/c/projects/a/s2.jsonl", "/c/projects/b/s3.jsonl"];

fn entry(line: &Line) -> Entry<'static> {
    Entry {
        message: line.message,
        request: line.request,
        at: line.at,
        model: Cow::Owned(format!("m{}", line.message % 3)),
        cwd: Some(Cow::Owned(format!("/p/{}", line.file))),
        branch: None,
        skill: line.offset.is_multiple_of(2).then_some(Cow::Borrowed("costs")),
        agent: None,
        tokens: Tokens { output: line.tokens, ..Tokens::default() },
        searches: 0,
        tier: Tier::default(),
        sidechain: line.sidechain,
    }
}

fn index(kept: &Kept) -> Index {
    Index::load(kept, &kept.frames).expect("a good index")
}

/// Reads some lines into what is kept, as one call of the helper does.
fn read(kept: &mut Kept, lines: &[Line], readers: usize) -> Update {
    let mut index = index(kept);
    let numbers: Vec<u32> = PATHS
        .iter()
        .map(|path| {
            let known = index.files().iter().position(|file| file.path == path.as_bytes());
            known.map_or_else(|| index.add_file(path.as_bytes().to_vec()), |at| u32::try_from(at).unwrap())
        })
        .collect();
    let mut gathered: Vec<Gathered> = (0..readers).map(|_| Gathered::default()).collect();
    for (at, line) in lines.iter().enumerate() {
        let spot = Spot { file: numbers[line.file], offset: line.offset, session: PATHS[line.file], agent: None };
        gathered[at % readers].add(&entry(line), spot, index.files());
    }
    let marks = numbers.iter().map(|id| (*id, index.files()[*id as usize].clone())).collect();
    let update = index.apply(kept, gathered, marks, &|cwd| Some(format!("{cwd}/root"))).expect("readable");
    kept.frames.push(update.frame());
    update
}

fn compact(kept: &mut Kept) {
    kept.base = index(kept).compacted(kept).expect("readable");
    kept.frames.clear();
}

/// Message, request, time, tokens, session, model, skill.
type Counted = (u128, u64, i64, u64, String, String, Option<String>);

/// What counts: by names, so that numbering plays no part.
fn counted(kept: &Kept) -> BTreeSet<Counted> {
    let index = index(kept);
    let name = |symbol| index.name(symbol).map(|name| name.to_string());
    let mut found = BTreeSet::new();
    index
        .between(kept, i64::MIN, i64::MAX, &mut |record| {
            let key = record.key;
            found.insert((
                key.message,
                key.request,
                record.at,
                record.tokens.output,
                name(record.session).unwrap(),
                name(record.model).unwrap(),
                name(record.skill),
            ));
        })
        .unwrap();
    found
}

fn line(message: u128, request: u64, tokens: u64, sidechain: bool, file: usize, offset: u64) -> Line {
    Line { message, request, tokens, at: i64::try_from(offset).unwrap(), sidechain, file, offset }
}

/// Tokens of what counts after the lines were read at once.
fn tokens_of(lines: &[Line]) -> Vec<u64> {
    let mut kept = Kept::default();
    read(&mut kept, lines, 1);
    let mut tokens: Vec<u64> = counted(&kept).into_iter().map(|row| row.3).collect();
    tokens.sort_unstable();
    tokens
}

#[test]
fn each_case_of_the_rule_of_counting_is_as_the_contract_says() {
    for (what, lines, expected) in [
        (
            "a streamed answer counts once, with its last figure",
            vec![line(1, 1, 2, false, 0, 0), line(1, 1, 384, false, 0, 9)],
            vec![384],
        ),
        (
            "in whatever order its lines stand",
            vec![line(1, 1, 384, false, 0, 0), line(1, 1, 2, false, 0, 9)],
            vec![384],
        ),
        (
            "a resumed copy in another session is the same response",
            vec![line(1, 1, 7, false, 0, 0), line(1, 1, 7, false, 2, 0)],
            vec![7],
        ),
        (
            "two requests under one message are two responses",
            vec![line(1, 1, 7, false, 0, 0), line(1, 2, 8, false, 0, 5)],
            vec![7, 8],
        ),
        (
            "without a request the message alone is the key",
            vec![line(1, 0, 7, false, 0, 0), line(1, 0, 7, false, 1, 3)],
            vec![7],
        ),
        ("also beside lines that have one", vec![line(1, 0, 9, false, 0, 0), line(1, 1, 7, false, 1, 3)], vec![9]),
        (
            "beside two requests it is one of them",
            vec![line(1, 0, 9, false, 0, 0), line(1, 1, 7, false, 1, 3), line(1, 2, 8, false, 1, 4)],
            vec![7, 8],
        ),
        (
            "a replay in a side chain is its parent's response",
            vec![line(1, 1, 7, false, 0, 0), line(1, 5, 900, true, 1, 3)],
            vec![7],
        ),
        ("a side chain's own responses count", vec![line(1, 1, 7, true, 0, 0), line(2, 5, 9, true, 1, 3)], vec![7, 9]),
        (
            "a line outside side chains wins over more tokens",
            vec![line(1, 1, 900, true, 0, 0), line(1, 1, 3, false, 1, 3)],
            vec![3],
        ),
    ] {
        assert_eq!(tokens_of(&lines), expected, "{what}");
    }
}

#[test]
fn of_equal_lines_the_first_by_path_and_place_tells_the_session() {
    let lines = [line(1, 1, 7, false, 2, 0), line(1, 1, 7, false, 0, 50), line(1, 1, 7, false, 0, 40)];
    let mut kept = Kept::default();
    for one in &lines {
        read(&mut kept, &[*one], 1);
    }
    let found = counted(&kept);
    assert_eq!(found.iter().map(|row| (row.2, row.4.as_str())).collect::<Vec<_>>(), [(40, PATHS[0])]);
}

#[test]
fn reading_again_changes_nothing_and_is_told_so() {
    let lines = [line(1, 1, 7, false, 0, 0), line(2, 1, 8, true, 1, 5)];
    let mut kept = Kept::default();
    assert_eq!(read(&mut kept, &lines, 2).new_responses(), 2);
    assert!(read(&mut kept, &lines, 2).changes.is_empty());
    compact(&mut kept);
    assert!(read(&mut kept, &lines, 2).changes.is_empty());
    assert_eq!(counted(&kept).len(), 2);
}

#[test]
fn the_root_of_a_folder_is_kept_though_the_folder_goes() {
    let mut kept = Kept::default();
    read(&mut kept, &[line(1, 1, 7, false, 0, 0)], 1);
    compact(&mut kept);
    let index = index(&kept);
    let folder = index.names().iter().position(|name| &**name == "/p/0").unwrap() + 1;
    assert_eq!(index.root_of(u32::try_from(folder).unwrap()).map(|name| &**name), Some("/p/0/root"));
}

#[test]
fn a_damaged_base_or_frame_is_no_index() {
    let mut kept = Kept::default();
    read(&mut kept, &[line(1, 1, 7, false, 0, 0), line(2, 1, 7, false, 0, 9)], 1);
    let frame = kept.frames[0].clone();
    for cut in 0..frame.len() {
        assert!(Index::load(&Kept::default(), &[frame[..cut].to_vec()]).is_none(), "{cut}");
    }
    compact(&mut kept);
    for cut in 1..kept.base.len() {
        let cut = Kept { base: kept.base[..cut].to_vec(), frames: vec![] };
        assert!(Index::load(&cut, &[]).is_none());
    }
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let one = (1..6_u128, 0..3_u64, 0..4_u64, 0..1_000_i64, any::<bool>(), 0..3_usize);
    proptest::collection::vec(one, 1..40).prop_map(|all| {
        let with_place = all.into_iter().zip(0..);
        with_place
            .map(|((message, request, tokens, at, sidechain, file), offset)| Line {
                message,
                request,
                tokens,
                at,
                sidechain,
                file,
                offset,
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn what_counts_does_not_depend_on_order_readers_pieces_or_compaction(
        (first, second) in lines().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        pieces in 1..6_usize,
        readers in 1..4_usize,
        compactions in any::<u8>(),
    ) {
        let mut once = Kept::default();
        read(&mut once, &first, 1);
        let mut often = Kept::default();
        for (at, piece) in second.chunks(second.len().div_ceil(pieces)).enumerate() {
            read(&mut often, piece, readers);
            if compactions >> at & 1 == 1 {
                compact(&mut often);
            }
        }
        prop_assert_eq!(counted(&once), counted(&often));
    }

    #[test]
    fn any_bytes_are_a_base_or_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let kept = Kept { base: bytes.clone(), frames: vec![] };
        let _ = Index::load(&kept, &[bytes]);
    }
}
