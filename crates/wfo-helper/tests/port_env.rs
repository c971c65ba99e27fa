//! `port take --env`: ports in env files. Only their lines change, and nothing is written where no env file belongs.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use registry::{branches, place, rows, take, with_pool};
use serde_json::json;
use support::tree::picture;
use support::user::as_ordinary_user;
use support::{Call, Repo, text_of};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_the_lines_of_the_ports_change() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let before = "\u{feff}# dev\r\nPORT=3000 # the app\r\nSECRET='a b'\r\nexport  PORT = \"1\"\r\nPORTAL=3000\r\nURL=http://localhost:3000\r\n\r\n# PORT=9\r\nlast=1";
    let file = repo.put(".env", before);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let data = take(&repo, "a", &["--env", ".env", "--name", "PORT", "--name", "API_PORT"]).data();
    let expected = before.replace("PORT=3000 #", &format!("PORT={first} #")).replace("\"1\"", &format!("\"{first}\""));
    assert_eq!(text_of(&file), format!("{expected}\r\nAPI_PORT={}", first + 1));
    assert_eq!(mode(&file), 0o640);
    assert_eq!(
        data["env"],
        json!({"file": ".env", "variables": [{"name": "PORT", "port": first}, {"name": "API_PORT", "port": first + 1}]})
    );
    // The same again changes nothing, not even the file's time.
    let (bytes, time) = (std::fs::read(&file).unwrap(), file.metadata().unwrap().modified().unwrap());
    take(&repo, "a", &["--env", ".env", "--name", "PORT", "--name", "API_PORT"]).data();
    assert_eq!((std::fs::read(&file).unwrap(), file.metadata().unwrap().modified().unwrap()), (bytes, time));
}

#[test]
fn a_new_env_file_is_its_owners_alone() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let deep = repo.root().join("apps/web app");
    std::fs::create_dir_all(&deep).unwrap();
    for name in [".env", "apps/web app/.env.local", ".envrc"] {
        take(&repo, "a", &["--env", name]).data();
        let file = repo.root().join(name);
        assert_eq!((text_of(&file), mode(&file)), (format!("PORT={first}\n"), 0o600), "{name}");
    }
    let call = repo.call(&["port", "take", "--for", "a", "--env", "here.env"]).folder(&deep).run(&repo);
    assert_eq!(call.data()["env"]["file"], "apps/web app/here.env");
    assert!(deep.join("here.env").is_file(), "named from the folder in which the person stands");
    let absolute = repo.root().join("other.env");
    take(&repo, "a", &["--env", &absolute.to_string_lossy()]).data();
    assert!(absolute.is_file());
}

#[test]
fn the_user_may_have_named_the_variables_once_for_all() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    repo.put_config("wfo/config.yaml", "port: {names: \"WEB_PORT, API_PORT\"}\n");
    take(&repo, "a", &["--env", ".env"]).data();
    assert_eq!(text_of(&repo.root().join(".env")), format!("WEB_PORT={first}\nAPI_PORT={}\n", first + 1));
    let data = take(&repo, "a", &["--env", "one.env", "--name", "ONLY"]).data();
    assert_eq!(data["env"]["variables"], json!([{"name": "ONLY", "port": first}]), "a flag counts before the setting");
}

#[test]
fn a_name_that_is_no_variable_is_refused_before_anything_is_leased() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    for name in ["", "1PORT", "PO RT", "PORT=1", "PÖRT", "A-B", "a\nb", "$(id)"] {
        let done = repo.helper(&["port", "take", "--for", "a", "--env", ".env", &format!("--name={name}")]);
        assert_eq!(done.failure(), (64, "port.invalid".to_owned()), "{name:?}");
    }
    assert_eq!(take(&repo, "a", &["--name", "PORT"]).status, Some(64), "a name without a file");
    assert!(!place(&repo).exists() && !repo.root().join(".env").exists());
}

#[test]
fn an_env_file_is_written_only_inside_the_work_tree_and_never_through_a_link() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    let outside = repo.write("outside/.env", "PORT=1\n");
    let root = repo.root();
    symlink(&outside, root.join("link.env")).unwrap();
    symlink(repo.at("nowhere"), root.join("dangling.env")).unwrap();
    symlink(repo.at("outside"), root.join("folder-link")).unwrap();
    std::fs::create_dir_all(root.join(".claude")).unwrap();
    std::fs::create_dir_all(root.join("deep/.WFO")).unwrap();
    std::fs::create_dir(root.join("a-folder")).unwrap();
    assert_eq!(Call::new("mkfifo").args(["fifo.env"]).run(&repo).status, Some(0));
    let before = picture(&repo.at(""));
    let absolute = outside.to_string_lossy().into_owned();
    for file in [
        "link.env",
        "dangling.env",
        "folder-link/.env",
        "../outside/.env",
        &absolute,
        "/etc/wfo-test.env",
        ".git/config",
        ".git/x.env",
        ".claude/x.env",
        "deep/.WFO/x.env",
        "a-folder",
        ".",
        "..",
        "fifo.env",
        "not-there/.env",
        "/dev/null",
        "deep/../../outside/.env",
    ] {
        let done = take(&repo, "a", &["--env", file]);
        assert_eq!(done.failure(), (21, "port.env-refused".to_owned()), "{file}");
    }
    assert_eq!(take(&repo, "a", &["--env", ""]).status.map(|status| status >= 20), Some(true), "no name at all");
    assert_eq!(picture(&repo.at("")), before, "nothing was written and nothing leased");
}

#[test]
fn a_tracked_file_and_an_untracked_one_are_written_as_they_were_named() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    repo.put("tracked.env", "PORT=1\nA=b\n");
    repo.put(".gitignore", "ignored.env\n");
    repo.commit("env");
    repo.put("untracked.env", "A=b\nPORT=1");
    repo.put("ignored.env", "PORT=\n");
    for (name, expected) in [
        ("tracked.env", format!("PORT={first}\nA=b\n")),
        ("untracked.env", format!("A=b\nPORT={first}")),
        ("ignored.env", format!("PORT={first}\n")),
    ] {
        take(&repo, "a", &["--env", name]).data();
        assert_eq!(text_of(&repo.root().join(name)), expected, "{name}");
    }
    assert_eq!(rows(&repo).len(), 1);
}

#[test]
fn an_env_file_of_a_linked_worktree_is_written_from_there() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "live", &tree.to_string_lossy()]);
    let call = |folder: &Path, file: &str| {
        repo.call(&["port", "take", "--for", "live", "--env", file]).folder(folder).run(&repo)
    };
    call(&tree, ".env").data();
    assert_eq!(text_of(&tree.join(".env")), format!("PORT={first}\n"));
    assert!(!repo.root().join(".env").exists());
    let other = repo.at("other");
    repo.git(&["worktree", "add", "-q", "-b", "other", &other.to_string_lossy()]);
    let foreign = other.join(".env").to_string_lossy().into_owned();
    assert_eq!(call(&tree, &foreign).failure().1, "port.env-refused", "another worktree's is not this one's");
}

#[test]
fn an_env_file_that_is_not_text_or_far_too_large_is_left_alone() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    let bytes = b"PORT=1\nNAME=J\xf6rg\n".to_vec();
    let file = repo.root().join(".env");
    wfo_base::atomic::write(&file, &bytes).unwrap();
    let done = take(&repo, "a", &["--env", ".env"]);
    assert_eq!(done.failure(), (21, "port.env-refused".to_owned()));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    let large = "A=b\n".repeat(400_000);
    wfo_base::atomic::write(&file, large.as_bytes()).unwrap();
    assert_eq!(take(&repo, "b", &["--env", ".env"]).failure(), (20, "file.too-large".to_owned()));
    assert_eq!(text_of(&file), large);
    assert_eq!(branches(&repo), Vec::<String>::new(), "a lease that nobody was told of is none");
}

#[test]
fn a_lease_that_is_there_survives_an_env_file_that_cannot_be_written() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    take(&repo, "a", &[]).data();
    let folder = repo.root().join("closed");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let arguments = ["port", "take", "--for", "a", "--env", "closed/.env"];
    let Some(done) = as_ordinary_user(&repo, &arguments) else { return };
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(done.failure(), (30, "file.not-written".to_owned()));
    assert_eq!(rows(&repo)[0]["ports"], json!([first, first + 1]));
}

#[test]
fn ports_that_no_variable_is_left_for_are_not_written() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let data = take(&repo, "a", &["--count", "4", "--env", ".env", "--name", "A", "--name", "B"]).data();
    assert_eq!(data["env"]["variables"].as_array().unwrap().len(), 2);
    assert_eq!(text_of(&repo.root().join(".env")), format!("A={first}\nB={}\n", first + 1));
    let one = take(&repo, "b", &["--count", "1", "--env", "b.env", "--name", "A", "--name", "B"]).data();
    assert_eq!(one["env"]["variables"], json!([{"name": "A", "port": first + 4}]), "and no variable without a port");
}
