//! What the real `git status` says, read independently of the crate, and the comparison with each way.

use std::path::Path;

use wfo_base::process::Run;
use wfo_git::{Change, Kind, Way};

use crate::sandbox::open;

/// Asks the real git, which leaves the index as it is.
pub(crate) fn status(folder: &Path) -> Vec<Change> {
    let ran = Run::new("git")
        .args(["status", "--porcelain=v2", "-z", "--untracked-files=all"])
        .folder(folder)
        .env("GIT_OPTIONAL_LOCKS", Some("0"))
        .cap(64 << 20)
        .run()
        .expect("git runs");
    assert!(ran.is_ok(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut changes = Vec::new();
    let mut records = ran.stdout.split(|byte| *byte == 0).map(<[u8]>::to_vec);
    while let Some(record) = records.next() {
        let text = |fields: usize| record.splitn(fields, |byte| *byte == b' ').last().expect("a path").to_vec();
        match record.first() {
            Some(b'?') => changes.push(Change { path: text(2), kind: Kind::Untracked }),
            Some(b'u') => changes.push(Change { path: text(11), kind: Kind::Conflicted }),
            Some(first @ (b'1' | b'2')) => {
                let path = text(if *first == b'1' { 9 } else { 10 });
                for (at, kind) in [(2, Kind::Staged), (3, Kind::Unstaged)] {
                    if record[at] != b'.' {
                        changes.push(Change { path: path.clone(), kind });
                    }
                }
                if *first == b'2' {
                    records.next();
                }
            }
            Some(_) => panic!("unknown line {}", record.escape_ascii()),
            None => {}
        }
    }
    changes.sort();
    changes
}

/// All three ways must find what git finds, and leave the index untouched.
pub(crate) fn agree(folder: &Path) -> Vec<Change> {
    agree_by(folder, &[Way::OnePass, Way::Gix, Way::Git])
}

/// Some ways, and the one taken when none is asked for, must find what git finds.
pub(crate) fn agree_by(folder: &Path, ways: &[Way]) -> Vec<Change> {
    let repository = open(folder);
    let index = repository.git_dir().join("index");
    let before = std::fs::read(&index).ok();
    let expected = status(folder);
    for way in ways.iter().copied().map(Some).chain([None]) {
        let found = wfo_git::changes(&repository, way).unwrap_or_else(|problem| panic!("{way:?}: {problem}"));
        let shown = |changes: &[Change]| -> Vec<String> {
            changes.iter().map(|change| format!("{:?} {}", change.kind, change.path.escape_ascii())).collect()
        };
        assert_eq!(shown(&found.paths), shown(&expected), "{way:?} {:?}", found.status.reason);
        let count = |kind| expected.iter().filter(|change| change.kind == kind).count() as u64;
        assert_eq!(
            (found.status.staged, found.status.unstaged, found.status.untracked, found.status.conflicted),
            (count(Kind::Staged), count(Kind::Unstaged), count(Kind::Untracked), count(Kind::Conflicted)),
            "{way:?}"
        );
        if let Some(way) = way {
            assert_eq!(found.status.way, way);
        }
    }
    assert_eq!(std::fs::read(&index).ok(), before, "the index was written");
    expected
}
