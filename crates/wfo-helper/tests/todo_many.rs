//! TODO.md where there are many TODO files: it says what the files say, also after hands and clocks were at work, and what is remembered
//! of a file never outlives a change of it.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::time::{Duration, SystemTime};

use support::{Repo, text_of};

fn name(number: usize) -> String {
    format!("TODO_feature_20261101T0000{number:02}Z_work-{number:02}.md")
}

fn page(title: &str) -> String {
    format!(
        "---\nmetadata: {{title: \"{title}\"}}\nworkflow_progress: {{phase: 2, status: planning}}\ntasks:\n  testing:\n    - {{id: test_001, status: pending}}\n---\n"
    )
}

/// Has the helper write one file, so that the list is made anew.
fn touched(repo: &Repo, number: usize) -> String {
    let slug = format!("work-{:02}", number % 2);
    let status = ["completed", "pending", "in_progress"][number % 3];
    repo.helper(&["todo", "task", "set", "test_001", "--status", status, "--todo", &slug]).data();
    text_of(&repo.root().join("TODO.md"))
}

/// Makes a file look as if it had not been changed for an hour.
fn rested(repo: &Repo, file: &str) {
    let then = SystemTime::now() - Duration::from_secs(3_600);
    let file = std::fs::File::options().write(true).open(repo.root().join(file)).unwrap();
    file.set_modified(then).unwrap();
}

#[test]
fn the_list_follows_every_change_of_a_file_whatever_its_size_and_its_time() {
    let repo = Repo::new();
    for number in 0..40 {
        repo.put(&name(number), &page(&format!("title {number:02} a")));
        rested(&repo, &name(number));
    }
    let list = touched(&repo, 0);
    assert!(list.contains("title 30 a") && list.contains("work-39"), "{list}");
    // What rested for a while is remembered from here on.
    std::thread::sleep(Duration::from_millis(3_100));
    touched(&repo, 1);
    // The same size and the same time of change: only the inode's own time tells.
    repo.put(&name(30), &page("title 30 b"));
    rested(&repo, &name(30));
    let list = touched(&repo, 2);
    assert!(list.contains("title 30 b") && !list.contains("title 30 a"), "{list}");
    // Twice within one tick.
    for letter in ["c", "d", "e"] {
        repo.put(&name(31), &page(&format!("title 31 {letter}")));
        let list = touched(&repo, 3);
        assert!(list.contains(&format!("title 31 {letter}")), "{list}");
    }
    // Gone, archived, a link, and broken.
    std::fs::remove_file(repo.root().join(name(32))).unwrap();
    std::fs::create_dir_all(repo.root().join("ARCHIVED")).unwrap();
    std::fs::rename(repo.root().join(name(33)), repo.root().join("ARCHIVED").join(name(33))).unwrap();
    std::fs::rename(repo.root().join(name(34)), repo.root().join("real.md")).unwrap();
    std::os::unix::fs::symlink("real.md", repo.root().join(name(34))).unwrap();
    repo.put(&name(35), "---\nx: [\n---\n");
    let list = touched(&repo, 4);
    let (active, archived) = list.split_once("archived:").expect("both lists");
    for (number, there) in [(31, true), (32, false), (33, false), (34, false), (35, false), (36, true)] {
        assert_eq!(active.contains(&name(number)), there, "{number}: {list}");
    }
    assert!(archived.contains(&format!("ARCHIVED/{}", name(33))), "{list}");
    // A row that a hand has changed is put right although no file has changed.
    repo.put("TODO.md", &list.replace("title 36 a", "something else"));
    assert!(touched(&repo, 5).contains("title 36 a"));
    // A cache that is garbage is no cache.
    for entry in walk(&repo) {
        wfo_base::atomic::write(&entry, b"{\"TODO_x.md\": [[[").unwrap();
    }
    repo.put(&name(37), &page("title 37 z"));
    assert!(touched(&repo, 6).contains("title 37 z"));
}

/// Every cache below the sandbox.
fn walk(repo: &Repo) -> Vec<std::path::PathBuf> {
    let mut open = vec![repo.at(".")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(".labels.json") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "there is no cache: this proves nothing");
    found
}
