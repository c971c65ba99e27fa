//! `scan`: what is staged, in the work tree, in commits and piped in, with the real git and the real binary; no value is shown.
//! Tokens are made at run time from parts.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary};

/// A token of a known format that no service gave out: `n` tells tokens apart.
fn token(n: usize) -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let body: String = (0..64).map(|at| char::from(letters[(at * 7 + n * 5 + at / 16) % letters.len()])).collect();
    let hex: String = body.bytes().map(|byte| format!("{:x}", byte % 16)).collect();
    format!("{}{}{hex}", "dop_", "v1_")
}

/// A line of code with a token.
fn line(n: usize) -> String {
    format!("let token = \"{}\";\n", token(n))
}

fn places(data: &Value) -> Vec<String> {
    let findings = data["findings"].as_array().expect("findings");
    let place = |one: &Value| {
        format!("{}:{} {}", one["file"].as_str().unwrap_or("-"), one["line"], one["confidence"].as_str().unwrap())
    };
    findings.iter().map(place).collect()
}

fn why(data: &Value) -> Vec<String> {
    let unscanned = data["unscanned"].as_array().expect("unscanned");
    unscanned
        .iter()
        .map(|one| format!("{} {}", one["file"].as_str().unwrap_or("-"), one["why"].as_str().unwrap()))
        .collect()
}

/// Returns exit status and data of an answer that holds against its schema.
fn scan(done: &Done) -> (i32, Value) {
    let mut answer = done.answer();
    assert_eq!(answer["ok"], true, "{answer:#}");
    let data = answer["data"].take();
    let verdict = match done.status {
        Some(0) => "pass",
        Some(10) => "fail",
        Some(11) => "unknown",
        _ => panic!("{done:?}"),
    };
    assert_eq!(data["verdict"], verdict);
    (done.status.unwrap(), data)
}

fn secrets(repo: &Repo, flags: &[&str]) -> (i32, Value) {
    scan(&repo.helper(&[&["scan", "secrets", "--json"], flags].concat()))
}

#[test]
fn a_secret_that_is_staged_and_gone_from_the_work_tree_is_found() {
    let repo = Repo::new();
    repo.put("src/main.rs", &format!("fn main() {{}}\n{}", line(1)));
    repo.git(&["add", "-A"]);
    repo.put("src/main.rs", "fn main() {}\n");
    let (status, data) = secrets(&repo, &["--staged"]);
    assert_eq!((status, places(&data)), (10, vec!["src/main.rs:2 high".to_owned()]));
    let found = &data["findings"][0];
    assert_eq!(
        (&found["rule"], &found["column"], &found["in"]),
        (&json!("digitalocean-token"), &json!(14), &json!("content"))
    );
    assert_eq!(found["redacted"], format!("[REDACTED digitalocean-token {}]", token(1).len()));
    assert_eq!(data["scanned"]["files"], 1);
    assert_eq!(secrets(&repo, &["--tree"]).0, 0);
    // Without a flag both count.
    let (status, data) = secrets(&repo, &[]);
    assert_eq!((status, &data["looked_at"]), (10, &json!(["staged", "tree"])));
    let text = repo.helper(&["scan", "secrets", "--staged", "--format", "text"]);
    assert_eq!(text.status, Some(10));
    assert!(text.stdout.starts_with("1 finding in staged\n  high  src/main.rs:2:14  "), "{}", text.stdout);
}

#[test]
fn a_secret_only_in_the_work_tree_is_no_staged_finding() {
    let repo = Repo::new();
    repo.put("a.rs", "one\n");
    repo.git(&["add", "-A"]);
    repo.put("a.rs", &line(1));
    repo.put("untracked.rs", &line(2));
    repo.put(".gitignore", "ignored.rs\n");
    repo.put("ignored.rs", &line(3));
    let (status, data) = secrets(&repo, &["--staged"]);
    assert_eq!((status, places(&data).len()), (0, 0), "{data:#}");
    let (status, data) = secrets(&repo, &["--tree"]);
    assert_eq!((status, places(&data)), (10, vec!["a.rs:1 high".to_owned(), "untracked.rs:1 high".to_owned()]));
}

#[test]
fn only_new_lines_count_as_staged_also_where_a_file_moved() {
    let repo = Repo::new();
    repo.put("old.rs", &format!("first\n{}last\n", line(1)));
    repo.put("moved.rs", &format!("first\n{}last\n", line(2)));
    repo.commit("secrets that are in");
    repo.put("old.rs", &format!("new\r\nfirst\r\n{}last\r\n", line(1).trim_end().to_owned() + "\r\n"));
    repo.git(&["mv", "moved.rs", "elsewhere.rs"]);
    repo.put("elsewhere.rs", &format!("first\n{}last\nmore\n", line(2)));
    repo.git(&["add", "-A"]);
    let (status, data) = secrets(&repo, &["--staged"]);
    assert_eq!((status, places(&data).len(), &data["scanned"]["files"]), (0, 0, &json!(2)), "{data:#}");
    repo.put("elsewhere.rs", &format!("first\n{}last\n{}", line(2), line(3)));
    repo.git(&["add", "-A"]);
    assert_eq!(places(&secrets(&repo, &["--staged"]).1), ["elsewhere.rs:4 high"]);
}

#[test]
fn a_hook_sees_the_index_of_git_commit_path_and_of_a_git_folder_elsewhere() {
    let repo = Repo::new();
    repo.put("clean.rs", "one\n");
    repo.put("dirty.rs", "one\n");
    repo.commit("two files");
    let hook = format!(
        "#!/bin/sh\n'{}' scan secrets --staged --json > '{}' 2>&1\necho $? >> '{}'\n",
        binary().display(),
        repo.at("answer").display(),
        repo.at("status").display()
    );
    repo.program("project/.git/hooks/pre-commit", &hook);
    repo.put("clean.rs", "two\n");
    repo.put("dirty.rs", &line(1));
    repo.git(&["add", "dirty.rs"]);
    repo.git(&["commit", "-qm", "only the clean one", "clean.rs"]);
    repo.git(&["reset", "-q"]);
    repo.git(&["commit", "-qam", "all"]);
    let statuses = support::text_of(&repo.at("status"));
    assert_eq!(statuses.lines().collect::<Vec<_>>(), ["0", "10"], "{}", support::text_of(&repo.at("answer")));
    // A git folder that is not around the work tree.
    let (bare, tree) = (repo.at("dots.git"), repo.at("dots"));
    repo.git(&["init", "-q", "--bare", &bare.to_string_lossy()]);
    repo.write("dots/.profile", &format!("export TOKEN={}\n", token(4)));
    let call = |arguments: &[&str], program: &Path| {
        let call = Call::new(program).args(arguments).folder(&tree);
        call.env("GIT_DIR", bare.to_string_lossy()).env("GIT_WORK_TREE", tree.to_string_lossy()).run(&repo)
    };
    assert_eq!(call(&["add", ".profile"], Path::new("git")).status, Some(0));
    let (status, data) = scan(&call(&["scan", "secrets", "--staged", "--json"], binary()));
    assert_eq!((status, places(&data)), (10, vec![".profile:1 high".to_owned()]));
}

#[test]
fn each_worktree_and_an_unborn_branch_have_an_index_of_their_own() {
    let unborn = Repo::unborn();
    assert_eq!(secrets(&unborn, &[]).0, 0);
    unborn.put("a.rs", &line(1));
    unborn.git(&["add", "-A"]);
    assert_eq!(places(&secrets(&unborn, &["--staged"]).1), ["a.rs:1 high"]);
    assert_eq!(secrets(&unborn, &["--history", "5"]).1["scanned"]["commits"], 0);

    let repo = Repo::new();
    let other = repo.at("other");
    repo.git(&["worktree", "add", "-q", "-b", "task", &other.to_string_lossy()]);
    repo.write("other/b.rs", &line(2));
    repo.git_in(&other, &["add", "-A"]);
    assert_eq!(secrets(&repo, &[]).0, 0);
    let there = repo.call(&["scan", "secrets", "--staged", "--json"]).folder(&other).run(&repo);
    assert_eq!(places(&scan(&there).1), ["b.rs:1 high"]);
}

#[test]
fn without_a_work_tree_or_a_repository_the_reason_is_said_and_standard_input_works() {
    let sandbox = Sandbox::new();
    let call = |arguments: &[&str]| Call::new(binary()).args(["scan", "secrets", "--json"]).args(arguments);
    assert_eq!(call(&[]).run(&sandbox).failure(), (20, "git.no-repository".to_owned()));
    let (status, data) = scan(&call(&["--stdin"]).stdin(&format!("log\n{}", line(1))).run(&sandbox));
    assert_eq!((status, places(&data)), (10, vec!["-:2 high".to_owned()]));
    assert_eq!(scan(&call(&["--stdin"]).stdin("nothing\n").run(&sandbox)).0, 0);
    assert_eq!(call(&["--stdin", "--tree"]).run(&sandbox).status, Some(64));
    assert_eq!(call(&["--history", "0"]).run(&sandbox).status, Some(64));

    let repo = Repo::new();
    repo.put("a.rs", &line(1));
    repo.commit("a secret");
    repo.with_origin();
    let bare = repo.at("origin.git");
    let there = |arguments: &[&str]| call(arguments).folder(&bare).run(&repo);
    for arguments in [&["--staged"][..], &["--tree"], &[]] {
        assert_eq!(there(arguments).failure(), (20, "git.no-work-tree".to_owned()));
    }
    assert_eq!(places(&scan(&there(&["--history", "3"])).1), ["a.rs:1 high"]);
}

#[test]
fn history_goes_through_new_lines_of_so_many_commits_and_of_those_no_remote_has() {
    let repo = Repo::new();
    repo.put("a.rs", &line(1));
    let first = repo.commit("brings a secret");
    repo.with_origin();
    repo.put("a.rs", "gone\n");
    repo.commit("takes it out");
    repo.put("a.rs", &format!("{}again\n", line(1)));
    repo.commit("brings it back");
    let (status, data) = secrets(&repo, &["--history", "1"]);
    assert_eq!((status, &data["scanned"]["commits"], &data["findings"][0]["in"]), (10, &json!(1), &json!("content")));
    let (_, data) = secrets(&repo, &["--history", "50"]);
    assert_eq!(
        (places(&data).len(), &data["findings"][0]["commit"], &data["scanned"]["commits"]),
        (1, &json!(first), &json!(4))
    );
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let (status, data) = secrets(&repo, &["--history", "unpushed"]);
    assert_eq!((status, &data["scanned"]["commits"]), (0, &json!(1)));
    // In the message, and in what only the merge itself brought.
    repo.git(&["checkout", "-qb", "side"]);
    repo.put("side.rs", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.put("main.rs", "main\n");
    repo.commit(&format!("why {}", token(5)));
    repo.git(&["merge", "-q", "--no-commit", "side"]);
    repo.put("side.rs", &format!("side\n{}", line(6)));
    let merge = repo.commit("merge");
    let (_, data) = secrets(&repo, &["--history", "unpushed"]);
    assert_eq!(places(&data), ["-:1 high", "side.rs:2 high"]);
    assert_eq!((&data["findings"][0]["in"], &data["findings"][1]["commit"]), (&json!("message"), &json!(merge)));
}

#[test]
fn what_cannot_be_looked_at_is_listed_and_what_cannot_be_read_makes_the_answer_unknown() {
    let repo = Repo::new();
    repo.put("crlf.txt", &format!("one\r\n{}\r\n", line(1).trim_end()));
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(line(2).encode_utf16().flat_map(u16::to_le_bytes)).collect();
    wfo_base::atomic::write(&repo.root().join("utf16.txt"), &utf16).unwrap();
    wfo_base::atomic::write(&repo.root().join("image.png"), b"\x89PNG\0\0\0\0").unwrap();
    repo.put("pipe", "to become one\n");
    repo.put("locked.rs", "secret?\n");
    repo.git(&["add", "-A"]);
    std::fs::remove_file(repo.root().join("pipe")).unwrap();
    let made = Call::new("mkfifo").args([repo.root().join("pipe"), repo.root().join("other-pipe")]).run(&repo);
    assert_eq!(made.status, Some(0));
    let huge =
        std::fs::File::options().create(true).truncate(true).write(true).open(repo.root().join("huge.txt")).unwrap();
    huge.set_len(200 << 20).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", repo.root().join("out")).unwrap();
    repo.write("outside/x.rs", &line(3));
    std::os::unix::fs::symlink("../outside", repo.root().join("folder")).unwrap();
    let done = repo.helper(&["scan", "secrets", "--tree", "--json"]);
    let (status, data) = scan(&done);
    assert_eq!((status, places(&data)), (10, vec!["crlf.txt:2 high".to_owned(), "utf16.txt:1 high".to_owned()]));
    assert_eq!(why(&data), ["huge.txt too-large", "image.png binary", "pipe not-regular"]);
    assert!(done.took.as_secs() < 10, "{:?}", done.took);

    // What the index has but the objects do not.
    let clean = Repo::new();
    clean.put("gone.rs", "text\n");
    clean.git(&["add", "-A"]);
    let id = clean.git(&["rev-parse", ":gone.rs"]);
    let (folder, name) = id.trim().split_at(2);
    std::fs::remove_file(clean.root().join(".git/objects").join(folder).join(name)).unwrap();
    let done = clean.helper(&["scan", "secrets", "--staged", "--json"]);
    let (status, data) = scan(&done);
    assert_eq!(
        (status, why(&data), done.codes()),
        (11, vec!["gone.rs unreadable".to_owned()], vec!["scan.incomplete".to_owned()])
    );
}

#[test]
fn a_file_that_may_not_be_read_is_unknown() {
    let repo = Repo::new();
    repo.put("locked.rs", "text\n");
    std::fs::set_permissions(repo.root().join("locked.rs"), std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read(repo.root().join("locked.rs")).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let (status, data) = secrets(&repo, &["--tree"]);
    assert_eq!((status, why(&data)), (11, vec!["locked.rs unreadable".to_owned()]));
}

#[test]
fn a_conflict_is_unknown_and_other_repositories_are_listed() {
    let repo = Repo::new();
    repo.git(&["checkout", "-qb", "side"]);
    repo.put("README.md", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.put("README.md", "main\n");
    repo.commit("main");
    repo.git_fails(&["merge", "-q", "side"]);
    let (status, data) = secrets(&repo, &["--staged"]);
    assert_eq!((status, why(&data)), (11, vec!["README.md conflict".to_owned()]));

    let outer = Repo::new();
    let inner = outer.root().join("lib");
    std::fs::create_dir(&inner).unwrap();
    outer.git_in(&inner, &["init", "-q"]);
    outer.put("lib/a.rs", &line(1));
    outer.commit_in(&inner, "inner");
    let (status, data) = secrets(&outer, &["--tree"]);
    assert_eq!((status, why(&data)), (0, vec!["lib repository".to_owned()]));
    outer.git(&["add", "-A"]);
    let (status, data) = secrets(&outer, &[]);
    assert_eq!((status, why(&data)), (0, vec!["lib repository".to_owned()]), "a submodule");
}

#[test]
fn names_of_files_are_looked_at_and_shown_without_their_secret() {
    let repo = Repo::new();
    repo.put(&format!("notes-{}.txt", token(1)), "text\n");
    repo.put("a\nb\u{1b}[31m.rs", &line(2));
    repo.put("id_rsa", "text\n");
    let (status, data) = secrets(&repo, &["--tree"]);
    assert_eq!(status, 10);
    let names: Vec<&str> =
        data["findings"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert!(names.contains(&"a\\nb\\u{1b}[31m.rs"), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("notes-[REDACTED digitalocean-token ")), "{names:?}");
    let path =
        data["findings"].as_array().unwrap().iter().find(|one| one["file"] == "id_rsa").expect("by its path alone");
    assert_eq!((&path["in"], path.get("line"), path.get("redacted")), (&json!("path"), None, None));
    let text = repo.helper(&["scan", "secrets", "--tree", "--format", "text"]).stdout;
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn a_line_may_be_allowed_with_a_reason_and_is_listed() {
    let repo = Repo::new();
    repo.put("a.rs", &format!("{} // wfo:allow made up for a test\n", line(1).trim_end()));
    repo.put("b.rs", &format!("{} // wfo:allow\n", line(2).trim_end()));
    let (status, data) = secrets(&repo, &["--tree"]);
    assert_eq!((status, places(&data)), (10, vec!["b.rs:1 high".to_owned()]));
    assert_eq!(
        (&data["allowed"][0]["file"], &data["allowed"][0]["reason"]),
        (&json!("a.rs"), &json!("made up for a test"))
    );
    let piped = repo
        .call(&["scan", "secrets", "--stdin", "--json"])
        .stdin(&format!("{} # wfo:allow of a test", line(1).trim_end()));
    let (status, data) = scan(&piped.run(&repo));
    assert_eq!((status, &data["allowed"][0]["reason"]), (0, &json!("of a test")));
}

#[test]
fn a_repository_may_add_rules_but_not_loosen_one() {
    let repo = Repo::new();
    repo.put("a.rs", &line(1));
    repo.put("b.rs", &format!("let key = \"acme_{}\";\n", &token(2)[8..40]));
    let loose = "rows:\n  - {id: digitalocean-token, title: none, kind: prefix, keywords: [never-there], pattern: 'never-there', confidence: low}\n  - {id: acme-token, title: Acme token, kind: prefix, keywords: [acme_], pattern: 'acme_[0-9a-f]{32}', entropy: 2.0, confidence: high}\n";
    repo.put(".wfo/data/secrets.yaml", loose);
    repo.put(".wfo/data/secret-words.yaml", "rows:\n  - {id: placeholders, words: [dop]}\n");
    let done = repo.helper(&["scan", "secrets", "--tree", "--json"]);
    let (status, data) = scan(&done);
    assert_eq!((status, places(&data)), (10, vec!["a.rs:1 high".to_owned(), "b.rs:1 high".to_owned()]));
    assert_eq!(done.codes().len(), 2, "{:#}", done.answer()["diagnostics"]);
}

#[test]
fn low_confidence_only_warns() {
    let repo = Repo::new();
    repo.put("tests/config.py", "db_password = \"Tr4vel-Lamp_92qX\"\n");
    let (status, data) = secrets(&repo, &["--tree"]);
    assert_eq!((status, places(&data)), (0, vec!["tests/config.py:1 low".to_owned()]));
}

#[test]
fn env_files_are_a_no_unless_they_are_ignored_or_examples() {
    let repo = Repo::new();
    repo.put(".gitignore", ".env\n");
    for name in [".env", "app/.env.local", ".env.example", "deploy/prod.env"] {
        repo.put(name, "A=1\n");
    }
    repo.git(&["add", "-f", "deploy/prod.env"]);
    let (status, data) = scan(&repo.helper(&["scan", "env", "--json"]));
    let found: Vec<_> = data["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["file"].as_str().unwrap(), one["rule"].as_str().unwrap()))
        .collect();
    assert_eq!((status, found), (10, vec![("app/.env.local", "env-not-ignored"), ("deploy/prod.env", "env-tracked")]));
    repo.git(&["rm", "-q", "--cached", "deploy/prod.env"]);
    repo.put(".gitignore", ".env\n*.env\n.env.local\n");
    assert_eq!(scan(&repo.helper(&["scan", "env", "--json"])).0, 0);
}

#[test]
fn files_that_everybody_may_write_warn_and_huge_ones_are_a_no() {
    let repo = Repo::new();
    let open = repo.put("open.sh", "echo\n");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o666)).unwrap();
    let large =
        std::fs::File::options().create(true).truncate(true).write(true).open(repo.root().join("large.bin")).unwrap();
    large.set_len(6 << 20).unwrap();
    let (status, data) = scan(&repo.helper(&["scan", "files", "--json"]));
    let rules = |data: &Value| {
        data["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!((status, rules(&data)), (0, vec!["large-file".to_owned(), "world-writable".to_owned()]));
    large.set_len(101 << 20).unwrap();
    let (status, data) = scan(&repo.helper(&["scan", "files", "--json"]));
    assert_eq!((status, rules(&data)), (10, vec!["huge-file".to_owned(), "world-writable".to_owned()]));
}

#[test]
fn a_planted_token_is_in_no_output_and_in_no_file_that_was_written() {
    let repo = Repo::new();
    let planted = token(7);
    repo.put("src/key.rs", &line(7));
    repo.put(
        &format!("dir-{planted}/file-{planted}.rs"),
        &format!("{} // wfo:allow it is {planted}\n", line(7).trim_end()),
    );
    repo.put(
        ".wfo/data/secrets.yaml",
        &format!("rows:\n  - {{id: \"{planted}\", title: \"{planted}\", kind: prefix}}\n"),
    );
    repo.put(&format!("image-{planted}.png"), "\0\0\0");
    repo.git(&["add", "-A"]);
    let done = Call::new("git").args(["commit", "-qm", &format!("message {planted}")]).run(&repo);
    assert_eq!(done.status, Some(0), "{done:?}");
    repo.put("src/more.rs", &format!("{}{}", line(7), line(7)));
    repo.git(&["add", "-A"]);
    let mut commands: Vec<Vec<&str>> = vec![vec!["env"], vec!["files"]];
    commands.extend(
        [&["--staged"][..], &["--tree"], &["--history", "5"], &["--history", "unpushed"], &["--stdin"], &[]]
            .map(|flags| [&["secrets"], flags].concat()),
    );
    for command in &commands {
        for format in ["json", "text", "markdown"] {
            let call = repo.call(&["scan", "--format", format, "-v"]).args(command).stdin(&line(7));
            let done = call.run(&repo);
            assert!(matches!(done.status, Some(0 | 10)), "{command:?}: {done:?}");
            let shown = done.stdout + &done.stderr;
            for part in [planted.as_str(), &planted[7..27], &planted[planted.len() - 20..]] {
                assert!(!shown.contains(part), "{command:?} {format} shows it:\n{shown}");
            }
        }
    }
    // An object is broken: the error names the file.
    let bad = repo.git(&["rev-parse", ":src/more.rs"]);
    let (folder, name) = bad.trim().split_at(2);
    std::fs::remove_file(repo.root().join(".git/objects").join(folder).join(name)).unwrap();
    let done = repo.helper(&["scan", "secrets", "--staged"]);
    assert!(!(done.stdout + &done.stderr).contains(&planted));
    for top in [repo.at("home"), repo.config(), repo.root().join(".git/wfo")] {
        let looked = Call::new("grep").args(["-rlF", "--", planted.as_str()]).args([top]).run(&repo);
        assert_eq!(looked.stdout, "", "a written file has it");
    }
}

#[test]
fn a_repository_that_only_git_can_read_is_scanned_by_git() {
    let repo = Repo::new();
    repo.put("a/b.rs", "one\n");
    repo.put("c.rs", &line(1));
    repo.commit("two");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "c"]);
    repo.put("c.rs", &format!("{}{}", line(1), line(2)));
    repo.git(&["add", "c.rs"]);
    assert_eq!(places(&secrets(&repo, &["--staged"]).1), ["c.rs:2 high"]);
    assert_eq!(places(&secrets(&repo, &["--tree"]).1), ["c.rs:1 high", "c.rs:2 high"]);

    let tables = Sandbox::new();
    let made = Call::new("git").args(["init", "-q", "-b", "main", "--ref-format=reftable"]).run(&tables);
    if made.status != Some(0) {
        eprintln!("skipped: this git knows no reftable");
        return;
    }
    tables.write("project/a.rs", "one\n");
    tables.git(&["add", "-A"]);
    let call = |flags: &[&str]| scan(&tables.helper(&[&["scan", "secrets", "--json"], flags].concat()));
    assert_eq!(call(&["--staged"]).0, 0);
    tables.git(&["commit", "-qm", "one"]);
    tables.write("project/a.rs", &format!("one\n{}", line(1)));
    tables.git(&["add", "-A"]);
    assert_eq!(places(&call(&["--staged"]).1), ["a.rs:2 high"]);
    assert_eq!(places(&call(&["--tree"]).1), ["a.rs:2 high"]);
    tables.git(&["commit", "-qm", "two"]);
    assert_eq!(places(&call(&["--history", "2"]).1), ["a.rs:2 high"]);
    assert_eq!(places(&call(&["--history", "unpushed"]).1), ["a.rs:2 high"]);
}
