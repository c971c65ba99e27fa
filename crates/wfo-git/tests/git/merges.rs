//! Simulated merges: what git itself would say, nothing written, nothing run, and no answer beyond the bounds.

use std::collections::BTreeSet;
use std::path::Path;

use wfo_git::{Merges, Trial};

use crate::sandbox::{Sandbox, write};

/// Makes a commit of the given files on a new branch that leaves at `start`, and returns its id.
fn branch(sandbox: &Sandbox, name: &str, start: &str, change: impl Fn(&Path)) -> String {
    sandbox.git(&["checkout", "-q", "-f", "-B", name, start]);
    change(&sandbox.repo());
    sandbox.commit(name)
}

fn trial(sandbox: &Sandbox, into: &str, from: &str) -> Option<Trial> {
    Merges::open(&sandbox.open()).unwrap().trial(into, from)
}

/// Asks git: the tree of the merge when it is clean, otherwise the paths in conflict.
fn by_git(sandbox: &Sandbox, into: &str, from: &str) -> Result<String, BTreeSet<String>> {
    let (clean, text) =
        sandbox.try_git(&sandbox.repo(), &["merge-tree", "--write-tree", "--name-only", "--no-messages", into, from]);
    let mut lines = text.lines().map(str::to_owned);
    let tree = lines.next().unwrap();
    if clean { Ok(tree) } else { Err(lines.collect()) }
}

/// Lists every file below the git folder with its content.
fn everything(folder: &Path) -> BTreeSet<(std::path::PathBuf, Vec<u8>)> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            found.insert((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

fn text(changes: &[(usize, &str)]) -> String {
    (1..=30)
        .map(|number| match changes.iter().find(|(at, _)| *at == number) {
            Some((_, text)) => format!("{text}\n"),
            None => format!("line number {number}\n"),
        })
        .collect()
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_files();
    sandbox.write("long.txt", &text(&[]));
    sandbox.commit("a longer file");
    sandbox
}

#[test]
fn a_trial_names_the_conflicts_and_whether_anything_would_be_added_and_writes_nothing() {
    let sandbox = sandbox();
    let main = sandbox.git(&["rev-parse", "HEAD"]);
    let ours = branch(&sandbox, "ours", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(5, "our words")]).as_bytes());
        write(&repo.join("a.txt"), b"ours");
    });
    let same = branch(&sandbox, "same", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(5, "our words")]).as_bytes());
    });
    let near = branch(&sandbox, "near", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(20, "their words")]).as_bytes());
    });
    let clash = branch(&sandbox, "clash", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(5, "their words")]).as_bytes());
        std::fs::remove_file(repo.join("a.txt")).unwrap();
    });
    let apart = branch(&sandbox, "apart", "main", |repo| write(&repo.join("new/file"), b"new"));
    let before = everything(&sandbox.repo().join(".git"));
    for (into, from, conflicts, adds_nothing) in [
        (&ours, &same, &[][..], true),
        (&ours, &near, &[], false),
        (&ours, &apart, &[], false),
        (&ours, &main, &[], true),
        (&main, &ours, &[], false),
        (&ours, &ours, &[], true),
        (&ours, &clash, &["a.txt", "long.txt"], false),
        (&clash, &ours, &["a.txt", "long.txt"], false),
    ] {
        let conflicts = conflicts.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(trial(&sandbox, into, from), Some(Trial { conflicts, adds_nothing }), "{from} into {into}");
    }
    assert_eq!(everything(&sandbox.repo().join(".git")), before);
}

#[test]
fn a_change_follows_a_file_that_was_renamed() {
    let sandbox = sandbox();
    let moved = branch(&sandbox, "moved", "main", |repo| {
        write(&repo.join("elsewhere/long.txt"), text(&[(30, "the end")]).as_bytes());
        std::fs::remove_file(repo.join("long.txt")).unwrap();
    });
    let changed = branch(&sandbox, "changed", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(5, "the work of a branch")]).as_bytes());
    });
    let clean = Some(Trial { conflicts: vec![], adds_nothing: false });
    assert_eq!((trial(&sandbox, &moved, &changed), trial(&sandbox, &changed, &moved)), (clean.clone(), clean));
}

#[test]
fn what_cannot_be_told_is_not_told() {
    let sandbox = sandbox();
    let main = sandbox.git(&["rev-parse", "main"]);
    let tree = sandbox.git(&["rev-parse", "main^{tree}"]);
    sandbox.git(&["checkout", "-q", "--orphan", "stranger"]);
    let stranger = sandbox.commit("no common history");
    for (into, from) in [
        (main.as_str(), stranger.as_str()),
        (&main, "0000000000000000000000000000000000000000"),
        (&main, &tree),
        (&main, "main"),
        (&main, ""),
        ("\u{1b}[31m", &main),
    ] {
        assert_eq!(trial(&sandbox, into, from), None, "{from:?} into {into:?}");
        assert_eq!(Merges::open(&sandbox.open()).unwrap().changed(into, from), None, "{from:?} since {into:?}");
    }
    let reftable = Sandbox::init_with(&["--ref-format=reftable"]);
    reftable.write("a", "1");
    let one = reftable.commit("one");
    reftable.write("b", "2");
    let two = reftable.commit("two");
    let repository = reftable.open();
    let mut merges = Merges::open(&repository).unwrap();
    assert_eq!((merges.trial(&one, &two), merges.changed(&one, &two)), (None, Some(vec!["b".to_owned()])));
}

#[test]
fn files_beyond_the_bounds_are_not_merged() {
    let sandbox = sandbox();
    let large = |first: &str, last: &str| format!("{first}\n{}{last}\n", "filler\n".repeat(200_000));
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("large.txt", &large("a", "b"));
    sandbox.commit("large");
    let with = |name: &str, text: String| {
        branch(&sandbox, name, "main", |repo| write(&repo.join("large.txt"), text.as_bytes()))
    };
    let (one, other) = (with("one", large("1", "b")), with("other", large("a", "2")));
    assert_eq!(trial(&sandbox, &one, &other), None);
    // Where only one side changes it, its size does not matter.
    let apart = branch(&sandbox, "apart", "main", |repo| write(&repo.join("a.txt"), b"x"));
    assert_eq!(trial(&sandbox, &one, &apart), Some(Trial { conflicts: vec![], adds_nothing: false }));

    let many = branch(&sandbox, "many", "main", |repo| {
        for number in 0..2_001 {
            write(&repo.join(format!("many/{number}")), b"x");
        }
    });
    let main = sandbox.git(&["rev-parse", "main"]);
    let repository = sandbox.open();
    let mut merges = Merges::open(&repository).unwrap();
    assert_eq!(merges.changed(&main, &many), None);
    assert_eq!(merges.changed(&main, &one), Some(vec!["large.txt".to_owned()]));
}

#[test]
fn changed_paths_count_from_the_merge_base_and_come_on_one_line_each() {
    let sandbox = sandbox();
    let odd = branch(&sandbox, "odd", "main", |repo| {
        write(&repo.join("new\n\u{1b}[31mfile"), b"x");
        std::fs::remove_dir_all(repo.join("dir")).unwrap();
        std::fs::rename(repo.join("a.txt"), repo.join("z.txt")).unwrap();
    });
    sandbox.git(&["checkout", "-q", "-f", "main"]);
    sandbox.write("b.txt", "main goes on");
    let main = sandbox.commit("more");
    let repository = sandbox.open();
    let changed = Merges::open(&repository).unwrap().changed(&main, &odd).unwrap();
    assert_eq!(changed, ["a.txt", "dir/c.txt", "dir/deep/d.txt", "new file", "z.txt"]);
}

#[test]
fn no_program_that_attributes_and_configuration_name_is_run() {
    let sandbox = sandbox();
    sandbox.write(".gitattributes", "* merge=evil diff=evil filter=evil\n");
    sandbox.commit("attributes");
    let tripwire = sandbox.path("tripwire");
    let touch = format!("touch '{}' #", tripwire.display());
    let ours = branch(&sandbox, "ours", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(5, "our words")]).as_bytes());
        std::fs::rename(repo.join("a.txt"), repo.join("moved.txt")).unwrap();
    });
    let near = branch(&sandbox, "near", "main", |repo| {
        write(&repo.join("long.txt"), text(&[(20, "their words")]).as_bytes());
        write(&repo.join("a.txt"), b"content of a.txt\nand more\n");
    });
    sandbox.git(&["worktree", "add", "-q", "--no-checkout", sandbox.path("trees/near").to_str().unwrap(), "near~0"]);
    for key in [
        "merge.evil.driver",
        "merge.evil.recursive",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
    ] {
        sandbox.git(&["config", key, &touch]);
    }
    sandbox.git(&["config", "merge.renormalize", "true"]);
    sandbox.git(&["config", "merge.default", "evil"]);
    let clean = Some(Trial { conflicts: vec![], adds_nothing: false });
    assert_eq!(trial(&sandbox, &ours, &near), clean);
    let options = wfo_git::Options { worktree_status: false, ..wfo_git::Options::default() };
    let taken = wfo_git::snapshot(&sandbox.open(), &options);
    assert_eq!(taken.worktrees.len(), 2);
    assert!(!tripwire.exists(), "something was run");
    sandbox.try_git(&sandbox.repo(), &["merge-tree", "--write-tree", &ours, &near]);
    assert!(tripwire.exists(), "the trap does not work, so this test shows nothing");
}

/// What one side of a random merge does: kind, file, line, word.
type Step = (u64, &'static str, usize, u64);

fn take(repo: &Path, steps: &[Step]) {
    for (kind, name, line, word) in steps {
        let path = repo.join(name);
        match kind {
            0 => drop(std::fs::remove_file(&path)),
            1 if path.exists() => std::fs::rename(&path, repo.join(format!("moved-{word}"))).unwrap(),
            2 => write(&repo.join(format!("new-{line}")), format!("{word}\n").as_bytes()),
            _ if !path.exists() => {}
            _ => write(&path, text(&[(1, name), (*line, &format!("word {word}"))]).as_bytes()),
        }
    }
}

#[test]
fn random_merges_come_out_as_with_git() {
    // A small generator of its own, so that a failure can be repeated.
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let sandbox = Sandbox::init();
    let names = ["a", "b", "dir/c", "dir/d", "dir/e/f", "long"];
    for name in names {
        sandbox.write(name, &text(&[(1, name)]));
    }
    let base = sandbox.commit("base");
    let repository = sandbox.open();
    let mut merges = Merges::open(&repository).unwrap();
    let (mut clean, mut conflicts) = (0, 0);
    for round in 0..60 {
        let mut step = || (next(9), names[next(6) as usize], 2 + next(5) as usize * 3, next(2));
        let sides: [Vec<Step>; 2] = [0, 1].map(|_| [(); 3].map(|()| step()).to_vec());
        let renames = sides.iter().flatten().any(|step| step.0 == 1);
        let left = branch(&sandbox, "left", &base, |repo| take(repo, &sides[0]));
        let right = branch(&sandbox, "right", &base, |repo| take(repo, &sides[1]));
        let tried = merges.trial(&left, &right).unwrap();
        match by_git(&sandbox, &left, &right) {
            Ok(tree) => {
                clean += 1;
                let adds_nothing = tree == sandbox.git(&["rev-parse", &format!("{left}^{{tree}}")]);
                assert_eq!(tried, Trial { conflicts: vec![], adds_nothing }, "round {round}");
            }
            Err(paths) => {
                conflicts += 1;
                let told: BTreeSet<String> = tried.conflicts.iter().cloned().collect();
                // Git names a rename in conflict by one of its paths, a trial by all of them.
                assert!(told.is_superset(&paths), "round {round}: {told:?}, not {paths:?}");
                assert!(renames || told == paths, "round {round}: {told:?}, not {paths:?}");
                assert!(!tried.adds_nothing);
            }
        }
    }
    assert!(clean > 5 && conflicts > 5, "{clean} clean, {conflicts} with conflicts");
}
