//! Tests of the line reader: chunks, long lines, files that change, and what is no file.

use super::*;
use proptest::prelude::*;
use std::path::PathBuf;

struct Place(tempfile::TempDir);

impl Place {
    fn with(bytes: &[u8]) -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        crate::atomic::write(&place.path(), bytes).unwrap();
        place
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("s.jsonl")
    }
}

type Owned = (Vec<u8>, u64, bool);

fn fed(path: &Path, from: u64, longest: usize) -> (Vec<Owned>, Fed) {
    let mut all = Vec::new();
    let mut lines = Lines::up_to(longest);
    // Whatever the first round left in the buffer must not show in the second.
    lines.feed(path, from / 2, &mut |_| {}).unwrap();
    let fed = lines.feed(path, from, &mut |line| all.push((line.bytes.to_vec(), line.offset, line.ended))).unwrap();
    (all, fed)
}

/// The same by splitting the whole text: slow and plain.
fn expected(bytes: &[u8], from: usize, longest: usize) -> (Vec<Owned>, u64, u64) {
    let (mut all, mut at, mut complete, mut too_long) = (Vec::new(), from, from, 0);
    for piece in bytes[from..].split_inclusive(|byte| *byte == b'\n') {
        let ended = piece.ends_with(b"\n");
        let line = if ended { &piece[..piece.len() - 1] } else { piece };
        if line.len() > longest {
            too_long += 1;
        } else {
            all.push((line.to_vec(), at as u64, ended));
        }
        at += piece.len();
        if ended {
            complete = at;
        }
    }
    (all, complete as u64, too_long)
}

#[test]
fn lines_come_with_their_place_and_whether_they_ended() {
    let place = Place::with(b"one\r\n\ntwo\nthr");
    let (lines, fed) = fed(&place.path(), 0, 100);
    assert_eq!(
        lines,
        [(b"one\r".to_vec(), 0, true), (vec![], 5, true), (b"two".to_vec(), 6, true), (b"thr".to_vec(), 10, false)]
    );
    assert_eq!((fed.size, fed.end, fed.complete, fed.lines, fed.too_long), (13, 13, 10, 4, 0));
    assert_eq!(Some(fed.tail), tail_hash(&place.path(), 10).unwrap());
}

#[test]
fn reading_goes_on_from_an_offset_and_beyond_the_end_there_is_nothing() {
    let place = Place::with(b"one\ntwo\n");
    assert_eq!(fed(&place.path(), 4, 100).0, [(b"two".to_vec(), 4, true)]);
    for from in [8, 9, u64::MAX] {
        let (lines, fed) = fed(&place.path(), from, 100);
        assert_eq!((lines, fed.complete, fed.size), (vec![], from, 8), "{from}");
    }
}

#[test]
fn long_lines_grow_the_buffer_up_to_the_limit_and_are_passed_by_above_it() {
    let long = CHUNK * 3 + 17;
    let mut text = b"a\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', long));
    text.extend(b"\nb\n");
    let place = Place::with(&text);
    for longest in [1, CHUNK - 1, CHUNK, CHUNK + 1, long - 1, long, long + 1, LONGEST] {
        let (lines, fed) = fed(&place.path(), 0, longest);
        let (wanted, complete, too_long) = expected(&text, 0, longest);
        assert!(lines == wanted, "{longest}");
        assert_eq!((fed.complete, fed.too_long), (complete, too_long), "{longest}");
    }
}

#[test]
fn a_line_of_500_mib_takes_no_memory_and_is_counted_once() {
    let place = Place::with(b"");
    let file = std::fs::OpenOptions::new().write(true).open(place.path()).unwrap();
    file.set_len(500 << 20).unwrap();
    let mut lines = Lines::up_to(1 << 20);
    let mut count = 0;
    let fed = lines.feed(&place.path(), 0, &mut |_| count += 1).unwrap();
    assert_eq!((count, fed.too_long, fed.complete, fed.end), (0, 1, 0, 500 << 20));
    assert!(lines.buffer.capacity() <= 4 * CHUNK);
    file.write_all_at(b"\nnext\n", 500 << 20).unwrap();
    let (after, fed) = self::fed(&place.path(), 490 << 20, 1 << 20);
    assert_eq!((after, fed.too_long), (vec![(b"next".to_vec(), (500 << 20) + 1, true)], 1));
}

#[test]
fn a_file_that_grows_while_it_is_read_ends_where_it_ended_at_the_start() {
    let place = Place::with(b"one\ntwo\n");
    let path = place.path();
    let mut count = 0;
    let fed = Lines::default()
        .feed(&path, 0, &mut |_| {
            count += 1;
            let file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            std::io::Write::write_all(&mut &file, &[b'\n'; 1 << 16]).unwrap();
        })
        .unwrap();
    assert_eq!((count, fed.size, fed.complete), (2, 8, 8));
}

#[test]
fn a_file_that_shrinks_while_it_is_read_ends_early() {
    let mut text = b"one\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 2 * CHUNK));
    let place = Place::with(&text);
    let path = place.path();
    let fed = Lines::default()
        .feed(&path, 0, &mut |line| {
            if line.ended {
                std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(4).unwrap();
            }
        })
        .unwrap();
    assert_eq!((fed.size, fed.complete), (4 + 2 * CHUNK as u64, 4));
    assert!(fed.end < fed.size);
}

#[test]
fn what_is_no_regular_file_is_an_error_and_never_a_wait() {
    let place = Place::with(b"x\n");
    let root = place.0.path();
    std::os::unix::fs::symlink("s.jsonl", root.join("link")).unwrap();
    let fifo = root.join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
    for (name, kind) in [
        ("gone", Some(ErrorKind::NotFound)),
        ("link", None),
        ("fifo", Some(ErrorKind::InvalidInput)),
        (".", Some(ErrorKind::InvalidInput)),
    ] {
        let path = root.join(name);
        let error = Lines::default().feed(&path, 0, &mut |_| {}).expect_err(name);
        assert!(kind.is_none_or(|kind| error.kind() == kind), "{name}: {error}");
        assert!(tail_hash(&path, 0).is_err(), "{name}");
    }
}

#[test]
fn the_tail_tells_appended_from_replaced() {
    let mut text = vec![b'x'; 1000];
    let place = Place::with(&text);
    let before = tail_hash(&place.path(), 1000).unwrap();
    assert!(before.is_some());
    text.extend(b"more");
    crate::atomic::write(&place.path(), &text).unwrap();
    assert_eq!(tail_hash(&place.path(), 1000).unwrap(), before, "appended");
    for changed in [744, 999] {
        let mut other = text.clone();
        other[changed] = b'y';
        crate::atomic::write(&place.path(), &other).unwrap();
        assert_ne!(tail_hash(&place.path(), 1000).unwrap(), before, "byte {changed}");
    }
    crate::atomic::write(&place.path(), &text[..999]).unwrap();
    assert_eq!(tail_hash(&place.path(), 1000).unwrap(), None, "shorter");
    assert!(tail_hash(&place.path(), 0).unwrap().is_some());
    assert_eq!(tail_hash(&place.path(), u64::MAX).unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_split_as_plain_splitting_does(
        pieces in prop::collection::vec((prop_oneof![0_usize..50, 0..700_000_usize], any::<bool>()), 0..12),
        longest in prop_oneof![0_usize..60, 200_000..800_000_usize],
        share in 0_usize..=100,
    ) {
        let mut text = Vec::new();
        for (length, newline) in pieces {
            text.extend(std::iter::repeat_n(b'a' + (length % 20) as u8, length));
            if newline {
                text.push(b'\n');
            }
        }
        let from = text.len() * share / 100;
        let place = Place::with(&text);
        let (lines, fed) = fed(&place.path(), from as u64, longest);
        let (wanted, complete, too_long) = expected(&text, from, longest);
        prop_assert!(lines == wanted);
        prop_assert_eq!((fed.complete, fed.too_long, fed.end), (complete, too_long, text.len() as u64));
    }
}
