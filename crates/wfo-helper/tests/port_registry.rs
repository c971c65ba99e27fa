//! The registry that other tools write too: what is not about the lease keeps every byte, what is broken is never written over,
//! and a write that fails loses nothing.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use registry::{FILE, branches, place, quiet, rows, take, took, with_pool};
use serde_json::{Value, json};
use support::user::as_ordinary_user;
use support::{Call, Done, Repo, binary, text_of};

/// A registry as another tool writes it: keys of its own at every level, odd numbers and blanks, `path` for the worktree.
fn foreign(first: u16) -> String {
    format!(
        r#"{{
	"version" : 1.50,  "big": 1e3, "text": "\u00e4\/",
	"portPool": {{ "step": 1E+2, "start": {first}, "end": {}, "allocated": [{first},   {}] , "note" : null }},
	"worktrees" : [
	    {{"mine":1.50,  "project":"other", "repoPath" : "/w/other","branch":"x", "path": "/w/trees/x" , "ports":[{first},   {}], "nested": {{"ports": [ 1,2 ], "a":[] }} }} ,
	    {{ "branch":"no ports", "repoPath":"/w/third", "worktreePath": null, "zeros": 0.10 }}
	],
	"after": [ 1.0, {{"worktrees": 7}}, 12345678901234567890123 ]
}}"#,
        first + 9,
        first + 1,
        first + 1
    )
}

/// Writes a file as another tool does.
fn put(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
    wfo_base::atomic::write(path.as_ref(), bytes.as_ref()).unwrap();
}

/// Every command that reads the registry or writes it.
const ALL: [&[&str]; 8] = [
    &["port", "take", "--for", "a"],
    &["port", "take", "--for", "a", "--dry-run"],
    &["port", "free", "--for", "a"],
    &["port", "list"],
    &["worktree", "create", "a"],
    &["worktree", "create", "a", "--ports", "0"],
    &["worktree", "adopt"],
    &["worktree", "list"],
];

/// A repository with a linked worktree that nobody has adopted.
fn with_worktree() -> Repo {
    let repo = Repo::new();
    repo.git(&["worktree", "add", "-q", "-b", "linked", &repo.at("linked").to_string_lossy()]);
    repo
}

#[test]
fn a_registry_of_another_tool_keeps_every_byte_that_is_not_about_the_lease() {
    for crlf in [false, true] {
        let repo = Repo::new();
        let first = quiet(10);
        let lines = |text: String| if crlf { text.replace('\n', "\r\n") } else { text };
        let before = lines(foreign(first));
        put(place(&repo), &before);
        assert_eq!(took(&repo, "mine"), [first + 2, first + 3], "the pool and the leases that stand there count");
        let after = text_of(&place(&repo));
        rows(&repo);
        let row =
            after.find("\"branch\": \"mine\"").or_else(|| after.find("\"branch\":\"mine\"")).expect("the new row");
        let (begin, end) = (after[..row].rfind('{').unwrap(), row + after[row..].find('}').unwrap() + 1);
        let (ends, lines_in_all) = (after.matches("\r\n").count(), after.matches('\n').count());
        assert_eq!(ends, if crlf { lines_in_all } else { 0 }, "line ends are not mixed");
        // Without the row, and with the old list of ports, it is the old text but for the blanks and the comma before the row.
        let rest = format!("{}{}", after[..begin].trim_end().trim_end_matches(','), &after[end..]);
        let allocated = |text: &str| {
            let at = text.find("\"allocated\": [").unwrap();
            let close = at + text[at..].find(']').unwrap();
            format!("{}{}", &text[..at], &text[close..])
        };
        assert_eq!(allocated(&rest), allocated(&before));
        repo.helper(&["port", "free", "--for", "mine"]).data();
        assert_eq!(text_of(&place(&repo)).len(), before.len(), "and freed again it is as long as it was");
        assert_eq!(allocated(&text_of(&place(&repo))), allocated(&before));
    }
}

#[test]
fn a_row_of_another_tool_for_the_same_branch_is_the_lease() {
    let repo = Repo::new();
    let first = quiet(10);
    let root = repo.root().to_string_lossy().into_owned();
    let text = foreign(first).replace("/w/other", &root).replace("\"x\"", "\"refs/heads/x\"");
    put(place(&repo), &text);
    let data = take(&repo, "x", &[]).data();
    assert_eq!((&data["new"], &data["lease"]["ports"]), (&json!(false), &json!([first, first + 1])));
    assert_eq!((&data["lease"]["worktree"], &data["lease"]["gone"]), (&json!("/w/trees/x"), &json!(true)));
    assert_eq!(text_of(&place(&repo)), text);
    // Taken away, its row keeps what is not ports.
    repo.helper(&["port", "free", "--for", "x"]).data();
    let row = &rows(&repo)[0];
    assert_eq!(
        (&row["ports"], &row["path"], &row["nested"]["ports"]),
        (&json!([]), &json!("/w/trees/x"), &json!([1, 2]))
    );
}

#[test]
fn a_registry_that_is_broken_is_refused_and_left_as_it_is() {
    let repo = with_worktree();
    with_pool(&repo, 10);
    let path = place(&repo);
    let large = format!("{{\"worktrees\":[],\"filler\":\"{}\"}}", "x".repeat(20_000_000));
    let broken: [&[u8]; 14] = [
        b"",
        b" \n",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"{}",
        b"{\"worktrees\":{}}",
        b"{\"worktrees\":null}",
        b"{\"worktrees\":[]} x",
        b"{\"worktrees\":[,]}",
        b"{\"worktrees\":[], // comment\n}",
        b"{\"worktrees\":[{\"branch\":\"J\xf6rg\"}]}",
        large.as_bytes(),
    ];
    for bytes in broken {
        put(&path, bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        for command in ALL.into_iter().filter(|command| *command != ["worktree", "list"]) {
            assert_eq!(
                repo.helper(command).failure(),
                (20, "worktree.registry-invalid".to_owned()),
                "{command:?}: {shown}"
            );
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{command:?}: {shown}");
        }
    }
    assert!(!repo.root().join(".git/refs/heads/a").exists(), "no branch was left");
    assert_eq!(repo.git(&["worktree", "list"]).lines().count(), 2);
}

#[test]
fn a_registry_with_a_row_that_nobody_can_read_gives_no_ports() {
    let repo = with_worktree();
    with_pool(&repo, 10);
    let path = place(&repo);
    for row in
        ["7", "{\"branch\":\"b\",\"ports\":[\"many\"]}", "{\"ports\":[8100,70000]}", "{\"ports\":[1],\"ports\":[2]}"]
    {
        let text = format!("{{\"worktrees\":[{row}]}}");
        put(&path, &text);
        for command in [&["port", "take", "--for", "a"][..], &["worktree", "create", "a"], &["worktree", "adopt"]] {
            let failure = repo.helper(command).failure();
            assert_eq!(failure, (20, "worktree.registry-row-invalid".to_owned()), "{command:?}: {row}");
        }
        assert_eq!(text_of(&path), text);
    }
}

#[test]
fn a_folder_a_fifo_and_a_file_that_may_not_be_read_are_no_registry() {
    let repo = with_worktree();
    with_pool(&repo, 10);
    let path = place(&repo);
    let refused = |done: &Done, what: &str| {
        assert_eq!(done.failure(), (20, "worktree.registry-invalid".to_owned()), "{what}");
    };
    std::fs::create_dir(&path).unwrap();
    for command in ALL.into_iter().filter(|command| *command != ["worktree", "list"]) {
        refused(&repo.helper(command), "a folder");
    }
    std::fs::remove_dir(&path).unwrap();
    assert_eq!(Call::new("mkfifo").args([path.as_os_str()]).run(&repo).status, Some(0));
    refused(&take(&repo, "a", &[]), "a FIFO");
    std::fs::remove_file(&path).unwrap();
    put(&path, "{\"worktrees\":[]}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let Some(done) = as_ordinary_user(&repo, &["port", "take", "--for", "a"]) else { return };
    refused(&done, "not readable");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0);
}

#[test]
fn the_last_good_copy_is_kept_and_named_when_the_registry_breaks() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    let path = place(&repo);
    let hint = |done: &Done| done.answer()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
    put(&path, "{");
    assert!(!hint(&take(&repo, "a", &[])).contains("cp "), "there is no copy yet");
    std::fs::remove_file(&path).unwrap();
    took(&repo, "a");
    let good = text_of(&path);
    took(&repo, "b");
    let too_large = vec![b' '; 20_000_000];
    let broken: [&[u8]; 4] = [b"{\"worktrees\":[", b"", b"\xff{}", &too_large];
    for bytes in broken {
        put(&path, bytes);
        let done = take(&repo, "c", &[]);
        assert_eq!(done.failure().0, 20);
        let hint = hint(&done);
        let command = hint.split('`').find(|part| part.starts_with("cp ")).unwrap_or_else(|| panic!("no copy: {hint}"));
        assert_eq!(Call::new("sh").args(["-c", command]).run(&repo).status, Some(0), "{command}");
        assert_eq!(text_of(&path), good, "the registry before the last change");
        assert_eq!(branches(&repo), ["a"]);
    }
    assert_eq!(took(&repo, "c").len(), 2);
}

#[test]
fn a_registry_behind_a_link_stays_behind_it_and_keeps_its_mode() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    let real = repo.write("shared/registry.json", "{\"worktrees\":[]}\n");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, place(&repo)).unwrap();
    took(&repo, "a");
    took(&repo, "b");
    assert!(place(&repo).symlink_metadata().unwrap().is_symlink());
    assert!(real.symlink_metadata().unwrap().is_file());
    assert_eq!((branches(&repo).len(), real.metadata().unwrap().permissions().mode() & 0o777), (2, 0o640));
}

#[test]
fn a_config_folder_that_may_not_be_written_is_said_and_nothing_is_lost() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    took(&repo, "a");
    let before = std::fs::read(place(&repo)).unwrap();
    let locked = repo.config();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    let all = [&["port", "take", "--for", "b"][..], &["port", "free", "--for", "a"], &["worktree", "create", "c"]];
    for command in all {
        let Some(done) = as_ordinary_user(&repo, command) else { return };
        assert_eq!(done.failure(), (30, "file.not-written".to_owned()), "{command:?}");
    }
    let again = as_ordinary_user(&repo, &["port", "list"]).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(again.data()["leases"].as_array().unwrap().len(), 1, "reading needs no lock");
    assert_eq!(std::fs::read(place(&repo)).unwrap(), before);
    assert!(!repo.root().join(".git/refs/heads/c").exists(), "no branch was left");
    assert_eq!(repo.git(&["worktree", "list"]).lines().count(), 1);
}

/// Runs a script in a mount namespace of its own in which CONFIG is a small file system that is full but for `room` KiB; the
/// registry and the tables lie in it. `None`, said out loud, where that cannot be done.
#[expect(clippy::print_stderr, reason = "a test says what it skips")]
fn on_a_full_disk(repo: &Repo, room: u32, script: &str) -> Option<Done> {
    let prepare = "cp -a \"$CLAUDE_CONFIG_DIR\" ../saved && mount -t tmpfs -o size=256k,mode=700 tmpfs \"$CLAUDE_CONFIG_DIR\" \
        && cp -a ../saved/. \"$CLAUDE_CONFIG_DIR\" && cd . || exit 99\n";
    let fill = format!(
        "dd if=/dev/zero of=\"$CLAUDE_CONFIG_DIR/fill\" bs=1k count={room} 2>/dev/null || exit 99\n\
         cat /dev/zero > \"$CLAUDE_CONFIG_DIR/full\" 2>/dev/null; rm \"$CLAUDE_CONFIG_DIR/fill\"\n"
    );
    let whole = format!("{prepare}{fill}{script}");
    let arguments = ["--user", "--map-root-user", "--mount", "sh", "-c", &whole];
    let helper = binary().to_string_lossy().into_owned();
    let done = Call::new("unshare").args(arguments).env("HELPER", helper).run(repo);
    std::fs::remove_dir_all(repo.at("saved")).ok();
    if done.status == Some(99) || done.stderr.contains("unshare") {
        eprintln!("skipped: no file system of its own can be mounted here: {}", done.stderr);
        return None;
    }
    Some(done)
}

#[test]
fn on_a_full_disk_nothing_is_lost_and_the_error_says_so() {
    let mut wrote = Vec::new();
    for room in [0, 4, 8, 12, 16, 64] {
        let repo = Repo::new();
        with_pool(&repo, 10);
        took(&repo, "a");
        let script = "before=$(cat \"$CLAUDE_CONFIG_DIR/worktree-registry.json\")\n\
            \"$HELPER\" port take --for b > ../answer; echo $? > ../status\n\
            cp \"$CLAUDE_CONFIG_DIR/worktree-registry.json\" ../after.json\n\
            ls -A \"$CLAUDE_CONFIG_DIR\" > ../left";
        let Some(done) = on_a_full_disk(&repo, room, script) else { return };
        assert_eq!(done.status, Some(0), "{done:?}");
        let (status, answer) = (text_of(&repo.at("status")), text_of(&repo.at("answer")));
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
        let after: Value = serde_json::from_str(&text_of(&repo.at("after.json"))).expect("a registry that parses");
        let kept: Vec<&str> =
            after["worktrees"].as_array().unwrap().iter().filter_map(|row| row["branch"].as_str()).collect();
        wrote.push(answer["ok"] == true);
        if answer["ok"] == true {
            assert_eq!((status.trim(), kept), ("0", vec!["a", "b"]));
        } else {
            let problem = &answer["diagnostics"][0];
            assert_eq!((status.trim(), &problem["code"]), ("30", &json!("file.not-written")), "{answer:#}");
            assert!(problem["message"].as_str().unwrap().contains("No space left"), "{problem:#}");
            assert_eq!(kept, ["a"]);
        }
        let left = text_of(&repo.at("left"));
        assert!(!left.contains(".wfo-"), "a half written file was left: {left}");
    }
    assert!(!wrote[0] && *wrote.last().unwrap(), "the disk is full at first and has room at last: {wrote:?}");
}

#[test]
fn a_creation_on_a_full_disk_leaves_nothing_half_done() {
    for room in [0, 4, 8] {
        let repo = Repo::new();
        with_pool(&repo, 10);
        let script = "\"$HELPER\" worktree create half > ../answer; echo $? > ../status\n\
            cat \"$CLAUDE_CONFIG_DIR/worktree-registry.json\" > ../after.json 2>/dev/null; rm \"$CLAUDE_CONFIG_DIR/full\"\n\
            \"$HELPER\" worktree list > ../list\n\"$HELPER\" port take --for next > ../next";
        let Some(done) = on_a_full_disk(&repo, room, script) else { return };
        assert_eq!(done.status, Some(0), "{done:?}");
        let answer: Value = serde_json::from_str(&text_of(&repo.at("answer"))).unwrap();
        let branch = repo.git(&["branch", "--list", "half"]);
        let trees = repo.git(&["worktree", "list"]).lines().count();
        let next: Value = serde_json::from_str(&text_of(&repo.at("next"))).unwrap();
        assert_eq!(next["ok"], true, "{next:#}");
        if answer["ok"] == true {
            assert_eq!((trees, branch.is_empty()), (2, false));
        } else {
            assert_eq!(text_of(&repo.at("status")).trim(), "30", "{answer:#}");
            assert_eq!((trees, branch.as_str()), (1, ""), "room {room}: {answer:#}");
            assert!(!repo.at("home/tmp/worktrees/project/half").exists());
        }
    }
}

#[test]
fn a_registry_without_a_pool_or_with_a_wrong_list_of_ports_is_put_right_and_said() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    put(place(&repo), "{\"worktrees\":[]}");
    assert_eq!(took(&repo, "a"), [first, first + 1]);
    let text = text_of(&place(&repo));
    let pool: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&pool["portPool"]["start"], &pool["portPool"]["end"]), (&json!(first), &json!(first + 9)));
    let with = |ports: &[u16]| {
        let mut registry = pool.clone();
        registry["portPool"]["allocated"] = json!(ports);
        put(place(&repo), registry.to_string());
    };
    with(&[first, first + 1, first + 2, first + 3]);
    let done = take(&repo, "b", &[]);
    assert_eq!(
        done.data()["lease"]["ports"],
        json!([first + 4, first + 5]),
        "what only the list holds is not given now"
    );
    assert_eq!(done.codes(), ["worktree.repaired"]);
    assert_eq!(rows(&repo).len(), 2);
    assert_eq!(took(&repo, "c"), [first + 2, first + 3], "but afterwards");
    assert!(place(&repo).ends_with(FILE));
}
