//! Random trees and random edits, from a seed: every way must count what git counts.
//! `WFO_STRESS=N` makes N times as many.

use std::path::Path;

use wfo_git::Way;

use crate::oracle::agree_by;
use crate::sandbox::{Sandbox, write};

/// A small generator of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

const NAMES: [&str; 14] =
    ["a", "b", "a.b", "a-b", "a0", "A", "z", "ä", "x y", "f.log", "f.txt", "build", ".hidden", "-"];

fn path(dice: &mut Dice) -> String {
    let depth = dice.below(4);
    (0..=depth).map(|_| dice.pick(&NAMES)).collect::<Vec<_>>().join("/")
}

/// Writes where that is possible: a file in the way of a folder goes.
fn put(top: &Path, name: &str, text: &str) {
    let mut folder = top.to_owned();
    let parts: Vec<&str> = name.split('/').collect();
    for part in &parts[..parts.len() - 1] {
        folder.push(part);
        if folder.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
            std::fs::remove_file(&folder).unwrap();
        }
    }
    let file = top.join(name);
    if file.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
        std::fs::remove_file(&file).unwrap();
    }
    if file.is_dir() {
        std::fs::remove_dir_all(&file).unwrap();
    }
    write(&file, text.as_bytes());
}

fn remove(path: &Path) {
    let _ =
        if path.is_dir() && !path.is_symlink() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
}

fn edit(dice: &mut Dice, sandbox: &Sandbox) {
    use std::os::unix::fs::PermissionsExt;
    let top = sandbox.repo();
    let name = path(dice);
    let file = top.join(&name);
    let size = dice.below(3) as usize + 1;
    match dice.below(16) {
        0..=3 => put(&top, &name, &dice.pick(&["x", "y", "z"]).repeat(size)),
        4 => remove(&file),
        5 if file.is_file() && !file.is_symlink() => {
            let mode = dice.pick(&[0o755, 0o644]);
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        }
        6 if file.symlink_metadata().is_err() && file.parent().is_some_and(Path::is_dir) => {
            std::os::unix::fs::symlink(dice.pick(&NAMES), &file).unwrap();
        }
        7 => {
            let to = path(dice);
            let parent = top.join(&to);
            if file.exists() && parent.parent().is_some_and(Path::is_dir) && !parent.exists() {
                let _ = std::fs::rename(&file, &parent);
            }
        }
        8 => put(
            &top,
            &format!("{}.gitignore", prefix(&name)),
            dice.pick(&["*.log\n", "/a\n!b\n", "build/\n", "a/*\n!a/b\n"]),
        ),
        9 => {
            sandbox.try_git(&top, &["add", "--", &name]);
        }
        11 => {
            sandbox.try_git(&top, &["stash", "push", "-q"]);
        }
        12 => {
            sandbox.try_git(&top, &["checkout", "-q", "-f", "HEAD~1"]);
        }
        13 => {
            sandbox.try_git(&top, &["reset", "-q", dice.pick(&["--soft", "--mixed", "--hard"]), "HEAD~1"]);
        }
        14 if file.is_file() => {
            sandbox.try_git(&top, &["update-index", dice.pick(&["--assume-unchanged", "--skip-worktree"]), &name]);
        }
        10 => {
            sandbox.try_git(&top, &["rm", "-q", "--cached", "-r", "--", &name]);
        }
        _ => {
            sandbox.try_git(&top, &["add", "-A"]);
        }
    }
}

fn prefix(name: &str) -> &str {
    name.rfind('/').map_or("", |slash| &name[..=slash])
}

#[test]
fn random_trees_and_edits_are_counted_as_git_counts_them() {
    let stress: u64 = std::env::var("WFO_STRESS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    for seed in 1..=12 * stress {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let sandbox = Sandbox::init();
        // Paired renames are decided by likeness, which three-byte files do not show; see the test about renames.
        sandbox.git(&["config", "status.renames", if seed % 3 == 0 { "true" } else { "false" }]);
        for _ in 0..dice.below(30) {
            let name = path(&mut dice);
            put(&sandbox.repo(), &name, dice.pick(&["x", "y", "zz"]));
        }
        sandbox.commit("first");
        for _ in 0..4 {
            for _ in 0..dice.below(10) + 1 {
                edit(&mut dice, &sandbox);
            }
            agree_by(&sandbox.repo(), &[Way::OnePass, Way::Gix]);
            if dice.below(4) == 0 {
                sandbox.commit("more");
            }
        }
    }
}
