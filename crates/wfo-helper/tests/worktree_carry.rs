//! What a new worktree brings along: ignored files that the work needs, with the ports put in; nothing of git's own, nothing
//! through a link, and nothing at all when the call fails half way.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use std::os::unix::fs::{PermissionsExt, symlink};

use registry::ports;
use serde_json::json;
use support::tree::picture;
use support::user::as_ordinary_user;
use support::{Repo, text_of};
use worktree::{made, make, repo, said, traces, worktree};

fn ignoring(patterns: &str) -> Repo {
    let repo = repo();
    repo.put(".gitignore", patterns);
    repo.commit("ignore");
    repo
}

#[test]
fn env_files_come_along_with_the_ports_in_their_lines_only() {
    let repo = ignoring(".env*\n");
    let text = "# mine\nSECRET='a # b'\nexport PORT=3000 # the app\r\nURL=http://localhost:3000\nlast=1";
    let env = repo.put(".env", text);
    std::fs::set_permissions(&env, std::fs::Permissions::from_mode(0o600)).unwrap();
    repo.put(".env.local", "PORT=3000\n");
    repo.put(".env.test", "DEBUG=1\n");
    repo.put("apps/web/.env", "PORT=1\nNAME=web\n");
    repo.commit("nothing of it is tracked");
    let before = picture(&repo.root());
    let data = make(&repo, "a", &[]);
    let port = ports(&data["ports"])[0];
    let folder = repo.at("home/tmp/worktrees/project/a");
    assert_eq!(data["carried"], json!([".env", ".env.local", ".env.test", "apps/web/.env"]));
    assert_eq!(data["env_files"], json!([".env", ".env.local", "apps/web/.env"]));
    assert_eq!(text_of(&folder.join(".env")), text.replace("PORT=3000 #", &format!("PORT={port} #")));
    assert_eq!(text_of(&folder.join(".env.local")), format!("PORT={port}\n"));
    assert_eq!(text_of(&folder.join(".env.test")), "DEBUG=1\n", "a file without the variable does not get it");
    assert_eq!(text_of(&folder.join("apps/web/.env")), format!("PORT={port}\nNAME=web\n"));
    assert_eq!(folder.join(".env").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    for (path, line) in before {
        let git = path.starts_with(repo.root().join(".git")) || path == repo.root();
        assert!(git || picture(&path).get(&path) == Some(&line), "{} of the main checkout changed", path.display());
    }
}

#[test]
fn the_first_env_file_gets_a_variable_that_it_has_not() {
    let repo = ignoring(".env*\n");
    repo.put(".env", "A=1\n");
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\nport: {names: \"WEB_PORT, API_PORT\"}\n");
    let data = make(&repo, "a", &[]);
    let ports = ports(&data["ports"]);
    let text = text_of(&repo.at("home/tmp/worktrees/project/a/.env"));
    assert_eq!(text, format!("A=1\nWEB_PORT={}\nAPI_PORT={}\n", ports[0], ports[1]));
    assert_eq!(make(&repo, "b", &["--ports", "0"])["env_files"], json!([]), "no ports, no change");
    assert_eq!(text_of(&repo.at("home/tmp/worktrees/project/b/.env")), "A=1\n");
}

#[test]
fn a_pattern_brings_more() {
    let repo = ignoring("node_modules/\n*.pem\n.env*\ncache/\n");
    repo.put(".worktreeinclude", "# what the work needs\nnode_modules/\n");
    repo.put("node_modules/x/index.js", "x\n");
    repo.put("cache/big", "x\n");
    repo.put("key.pem", "k\n");
    repo.put(".env", "A=1\n");
    repo.commit("what comes along");
    let data = make(&repo, "a", &["--carry", "*.pem"]);
    assert_eq!(data["carried"], json!([".env", "key.pem", "node_modules"]));
    let folder = repo.at("home/tmp/worktrees/project/a");
    assert_eq!(text_of(&folder.join("node_modules/x/index.js")), "x\n");
    assert!(!folder.join("cache").exists());
    let cut = worktree(&repo, &["create", "b", "--carry", "*.pem", "--limit", "1"]).data();
    assert_eq!((&cut["worktree"]["carried"], &cut["worktree"]["carried_more"]), (&json!([".env"]), &json!(2)));
}

#[test]
fn an_exclamation_mark_leaves_a_file_out() {
    let repo = ignoring(".env*\nbuild/\n");
    repo.put(".worktreeinclude", "build/\n!.env.secret\n!build/out/\n");
    for file in [".env", ".env.secret", "build/in/a", "build/out/b"] {
        repo.put(file, "X=1\n");
    }
    let data = make(&repo, "a", &[]);
    assert_eq!(data["carried"], json!([".env", "build/in/a"]));
    let folder = repo.at("home/tmp/worktrees/project/a");
    assert!(!folder.join(".env.secret").exists() && !folder.join("build/out").exists());
}

#[test]
fn new_work_that_a_pattern_names_stays_where_it_is_and_that_is_said() {
    let repo = ignoring(".env\n");
    repo.put("notes.txt", "new work\n");
    let done = worktree(&repo, &["create", "a", "--carry", "notes.txt"]);
    assert_eq!(done.data()["worktree"]["carried"], json!([]));
    assert!(said(&done, "worktree.not-carried").contains("`notes.txt`"));
}

#[test]
fn links_that_lead_out_are_not_followed() {
    let repo = ignoring(".env*\ncache/\n");
    repo.write("home/secret", "S=1\n");
    symlink(repo.at("home/secret"), repo.root().join(".env.out")).unwrap();
    symlink("../home/secret", repo.root().join(".env.up")).unwrap();
    repo.put(".env", "A=1\n");
    symlink(".env", repo.root().join(".env.in")).unwrap();
    repo.put("cache/file", "c\n");
    symlink("../../home", repo.root().join("cache/out")).unwrap();
    symlink("file", repo.root().join("cache/in")).unwrap();
    let done = worktree(&repo, &["create", "a", "--carry", "cache/"]);
    assert_eq!(done.data()["worktree"]["carried"], json!([".env", ".env.in", "cache"]));
    let folder = repo.at("home/tmp/worktrees/project/a");
    for gone in [".env.out", ".env.up", "cache/out"] {
        assert!(folder.join(gone).symlink_metadata().is_err(), "{gone}");
    }
    assert_eq!(std::fs::read_link(folder.join(".env.in")).unwrap(), std::path::Path::new(".env"));
    assert_eq!(std::fs::read_link(folder.join("cache/in")).unwrap(), std::path::Path::new("file"));
    assert!(done.codes().contains(&"worktree.not-carried".to_owned()), "{:?}", done.codes());
    assert_eq!(text_of(&repo.at("home/secret")), "S=1\n");
}

#[test]
fn a_link_inside_does_not_lead_the_ports_into_the_main_checkout() {
    let repo = ignoring(".env*\n");
    let main = repo.put(".env.real", "PORT=1\n");
    symlink(&main, repo.root().join(".env")).unwrap();
    let folder = made(&repo, "a", &[]);
    assert_eq!(text_of(&main), "PORT=1\n");
    assert!(folder.join(".env").symlink_metadata().is_err(), "an absolute link leads out of the worktree");
}

#[test]
fn what_the_branch_itself_has_is_not_overwritten() {
    let repo = ignoring("");
    repo.put(".env", "TRACKED=1\nPORT=3000\n");
    repo.commit("the env file is tracked on main");
    repo.git(&["checkout", "-q", "-b", "without"]);
    repo.git(&["rm", "-q", "--cached", ".env"]);
    repo.put(".gitignore", ".env\n");
    repo.git(&["add", ".gitignore"]);
    repo.git(&["commit", "-q", "-m", "not any more"]);
    repo.put(".env", "LOCAL=1\nPORT=1\n");
    let data = make(&repo, "a", &["--base", "main"]);
    assert_eq!(data["carried"], json!([]));
    assert_eq!(text_of(&repo.at("home/tmp/worktrees/project/a/.env")), "TRACKED=1\nPORT=3000\n");
    let tree = repo.at("home/tmp/worktrees/project/a");
    assert_eq!(repo.git_in(&tree, &["status", "--porcelain"]), "");
}

#[test]
fn from_a_worktree_the_files_of_the_main_checkout_come_along() {
    let repo = ignoring(".env\n");
    repo.put(".env", "FROM=main\nPORT=1\n");
    let first = made(&repo, "a", &[]);
    worktree::put(&first.join(".env"), "FROM=a\nPORT=2\n");
    let done = worktree::worktree_in(&repo, &first, &["create", "b"]).data();
    let port = ports(&done["worktree"]["ports"])[0];
    let text = text_of(&repo.at("home/tmp/worktrees/project/b/.env"));
    assert_eq!(text, format!("FROM=main\nPORT={port}\n"));
}

#[test]
fn a_file_that_cannot_be_read_takes_the_whole_creation_back() {
    let repo = ignoring("secret/\n.env\n");
    repo.put(".env", "A=1\n");
    let locked = repo.put("secret/key", "k\n");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let before = traces(&repo);
    let Some(done) = as_ordinary_user(&repo, &["worktree", "create", "a", "--carry", "secret/"]) else { return };
    assert_ne!(done.status, Some(0), "{done:?}");
    assert_eq!(done.answer()["schema"], "wfo.error/1");
    assert_eq!(traces(&repo), before);
    assert!(!repo.at("home/tmp/worktrees/project").exists(), "the folder above it, too");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o600)).unwrap();
    made(&repo, "a", &["--carry", "secret/"]);
}

#[test]
fn an_env_file_that_is_no_text_comes_along_as_it_is() {
    let repo = ignoring(".env\n");
    let bytes = b"PORT=\xff\xfe\n";
    wfo_base::atomic::write(&repo.root().join(".env"), bytes).unwrap();
    let done = worktree(&repo, &["create", "a"]);
    let made = done.data()["worktree"].clone();
    assert_eq!((&made["carried"], &made["env_files"]), (&json!([".env"]), &json!([])));
    assert_eq!(done.codes(), ["port.env-refused"], "the ports are not in it, and that is said");
    assert_eq!(std::fs::read(repo.at("home/tmp/worktrees/project/a/.env")).unwrap(), bytes);
}
