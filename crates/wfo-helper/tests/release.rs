//! `release`: the next version with its reasons, and notes, over real histories and through the real binary.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Done, Repo};

fn release(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["release"], words].concat())
}

fn version(repo: &Repo) -> Value {
    release(repo, &["version"]).data()
}

/// A repository whose first commit is tagged.
fn tagged(tag: &str) -> Repo {
    let repo = Repo::new();
    repo.git(&["tag", tag]);
    repo
}

#[test]
fn the_version_follows_the_commits_since_the_highest_tag_by_semantic_versioning() {
    let repo = tagged("v1.9.0");
    repo.commit("feat: ten");
    repo.git(&["tag", "v1.10.0"]);
    repo.git(&["tag", "nightly"]);
    let done = version(&repo);
    assert_eq!((&done["version"], &done["bump"], &done["commits"]), (&json!("1.10.0"), &json!("none"), &json!(0)));
    let fix = repo.commit("fix(api): close it");
    let done = version(&repo);
    assert_eq!((&done["version"], &done["previous"]), (&json!("1.10.1"), &json!("1.10.0")));
    assert_eq!(done["base"], "v1.10.0");
    assert_eq!(done["reasons"], json!([{"kind": "commit", "bump": "patch", "commit": fix, "text": "fix: `close it`"}]));
    repo.commit("feat!: other way to call\n\nBREAKING CHANGE: `x` is gone");
    let done = version(&repo);
    assert_eq!((&done["version"], &done["bump"]), (&json!("2.0.0"), &json!("major")));
    assert_eq!(done["reasons"][0]["bump"], "major");
    repo.git(&["tag", "-a", "v2.0.0-rc.1", "-m", "candidate"]);
    repo.commit("fix: again");
    assert_eq!(version(&repo)["version"], "2.0.0", "a candidate becomes the version it is of");
}

#[test]
fn public_files_raise_the_version_and_never_lower_what_commits_demand() {
    let repo = Repo::new();
    repo.put("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    repo.put("src/lib.rs", "pub fn a() {}\n");
    repo.put("src/api/old.rs", "pub fn b() {}\n");
    repo.commit("chore: begin");
    repo.git(&["tag", "v1.0.0"]);
    repo.put("src/api/new.rs", "pub fn c() {}\n");
    repo.commit("chore: tidy");
    let done = version(&repo);
    assert_eq!((&done["version"], &done["bump"]), (&json!("1.1.0"), &json!("minor")));
    assert_eq!(done["current"], json!({"file": "Cargo.toml", "version": "1.0.0"}));
    let file = done["reasons"].as_array().unwrap().iter().find(|row| row["kind"] == "file").unwrap();
    assert_eq!((&file["file"], &file["bump"]), (&json!("src/api/new.rs"), &json!("minor")));
    std::fs::remove_file(repo.root().join("src/api/old.rs")).unwrap();
    repo.commit("chore: tidy more");
    assert_eq!(version(&repo)["version"], "2.0.0", "what is gone breaks its callers");
    repo.git(&["reset", "-q", "--hard", "v1.0.0"]);
    repo.put("src/lib.rs", "pub fn a() { }\n");
    repo.commit("feat!: break");
    assert_eq!(version(&repo)["version"], "2.0.0", "an edited file asks for less than the commit");
}

#[test]
fn without_a_tag_or_with_a_base_or_on_a_hotfix_the_answer_says_what_it_rests_on() {
    let repo = Repo::new();
    let first = repo.commit("feat: one");
    let done = version(&repo);
    assert_eq!((&done["version"], &done["previous"], &done["base"]), (&json!("0.1.0"), &json!(null), &json!(null)));
    assert_eq!(done["reasons"][0]["kind"], "rule");
    repo.git(&["tag", "v1.4.0"]);
    repo.git(&["tag", "v1.4.0-hotfix.1"]);
    repo.git(&["checkout", "-q", "-b", "hotfix/v1.4.0-hotfix.2"]);
    repo.commit("fix: two");
    let done = version(&repo);
    assert_eq!((&done["version"], &done["hotfix"]), (&json!("1.4.1"), &json!("v1.4.0-hotfix.2")));
    repo.commit("docs: three");
    let done = release(&repo, &["version", "--base", "HEAD~1"]).data();
    assert_eq!((&done["commits"], &done["base"]), (&json!(1), &json!("HEAD~1")));
    assert_eq!(release(&repo, &["version", "--base", &first]).data()["commits"], 2);
    for base in ["nowhere", "-x", "", "HEAD:README.md", "a..b"] {
        let word = format!("--base={base}");
        assert_eq!(release(&repo, &["version", &word]).failure(), (20, "git.revision-unknown".to_owned()), "{base}");
    }
    assert_eq!(release(&Repo::unborn(), &["version"]).failure(), (20, "git.no-commits".to_owned()));
}

#[test]
fn a_shallow_clone_says_that_commits_may_be_missing() {
    let repo = tagged("v1.0.0");
    repo.commit("feat: one");
    repo.commit("feat: two");
    let url = format!("file://{}", repo.root().display());
    let clone = repo.root().parent().unwrap().join("clone");
    repo.git(&["-c", "protocol.file.allow=always", "clone", "-q", "--depth", "1", &url, &clone.to_string_lossy()]);
    let answer = repo.helper(&["--repo", &clone.to_string_lossy(), "release", "version"]).answer();
    let codes: Vec<&str> =
        answer["diagnostics"].as_array().unwrap().iter().filter_map(|d| d["code"].as_str()).collect();
    assert!(codes.contains(&"git.shallow"), "{codes:?}");
    assert_eq!(answer["data"]["previous"], json!(null));
}

#[test]
fn thousands_of_commits_are_bounded_and_that_is_said() {
    let repo = tagged("v1.0.0");
    // One stream of commits is quicker than 6,000 calls.
    let mut stream = String::new();
    for n in 0..6_000_u32 {
        let from = if n == 0 { "from refs/heads/main^0\n" } else { "" };
        stream += &format!(
            "commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata <<X\nfix: {n}\nX\n{from}\n",
            1_800_000_000 + n
        );
    }
    let file = repo.write("stream", &stream);
    let text = format!("git fast-import --quiet --force < '{}'", file.display());
    let done = Call::new("sh").args(["-c", &text]).folder(&repo.root()).run(&repo);
    assert_eq!(done.status, Some(0), "{}", done.stderr);
    let answer = release(&repo, &["version"]).answer();
    let data = &answer["data"];
    assert_eq!((&data["commits"], &data["complete"]), (&json!(5_000), &json!(false)));
    assert_eq!(data["version"], "1.0.1");
    assert!(data["reasons"].as_array().unwrap().len() <= 20 && data["reasons_more"].as_u64().unwrap() >= 4_980);
    assert!(answer["diagnostics"].to_string().contains("release.history-cut"));
}

#[test]
fn notes_are_grouped_and_the_marks_of_strangers_do_not_count() {
    let repo = tagged("v1.0.0");
    repo.commit("feat(ui): a `form` <script>alert(1)</script> {{ x }}");
    repo.commit("fix: red \u{1b}[31malert\u{1b}[0m ## heading");
    repo.commit("fix!: gone\n\nBREAKING CHANGE: call `b` instead");
    let huge = format!("docs: {}", "long ".repeat(200_000));
    let message = repo.write("message", &huge);
    repo.git(&["commit", "-q", "--allow-empty", "-F", &message.to_string_lossy()]);
    // git itself would mend such a message: it is put down as it is, in place of another.
    repo.commit("fix: cafe");
    let raw = "git cat-file commit HEAD | sed '/^$/,$d' > ../raw && printf '\\nfix: caf\\351 au lait\\n' >> ../raw && \
               git update-ref HEAD $(git hash-object -t commit -w --stdin < ../raw)";
    let done = Call::new("sh").args(["-c", raw]).folder(&repo.root()).run(&repo);
    assert_eq!(done.status, Some(0), "{}", done.stderr);
    let done = release(&repo, &["notes"]).data();
    let text = done["markdown"].as_str().unwrap();
    assert!(text.starts_with("## 2.0.0 (2026-11-21)\n\n### Breaking changes\n\n- call \\`b\\` instead ("), "{text}");
    let order: Vec<usize> = ["### Breaking", "### Features", "### Fixes", "### Documentation"]
        .map(|word| text.find(word).unwrap())
        .to_vec();
    assert!(order.is_sorted(), "{text}");
    assert!(text.contains("- **ui:** a \\`form\\` \\<script\\>alert(1)\\</script\\> \\{\\{ x \\}\\} ("), "{text}");
    assert!(text.contains("caf\u{fffd} au lait") && !text.contains('\u{1b}') && text.len() < 4_000, "{text}");
    assert!(text.lines().all(|line| line.len() < 300), "{text}");
    for form in ["text", "markdown"] {
        let shown = repo.helper(&["--format", form, "release", "notes"]);
        assert!(shown.stdout.starts_with("## 2.0.0 (2026-11-21)\n"), "{form}: {}", shown.stdout);
    }
}

#[test]
fn notes_are_written_once_and_every_other_byte_stays() {
    for (before, bare) in [
        ("# Changelog\r\n\r\n## [Unreleased]\r\n\r\n- soon\r\n\r\n## [1.0.0] - 2026-01-01\r\n\r\n- first\r\n", false),
        ("# Changelog\n\n## 1.0.0\n\n- first", true),
    ] {
        let repo = Repo::new();
        repo.put("CHANGELOG.md", before);
        repo.commit("start");
        repo.git(&["tag", "v1.0.0"]);
        repo.commit("feat: two");
        let path = repo.root().join("CHANGELOG.md");
        assert_eq!(release(&repo, &["notes", "--write", "--dry-run"]).data()["applied"], false);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
        let done = release(&repo, &["notes", "--write"]).data();
        assert_eq!((&done["applied"], &done["file"]), (&json!(true), &json!("CHANGELOG.md")));
        let after = std::fs::read_to_string(&path).unwrap();
        let heading = if bare { "## 1.1.0 (2026-11-21)" } else { "## [1.1.0] - 2026-11-21" };
        let at = after.find(heading).unwrap_or_else(|| panic!("{after}"));
        let end = after.find(if bare { "## 1.0.0" } else { "## [1.0.0]" }).unwrap();
        assert_eq!(format!("{}{}", &after[..at], &after[end..]), before);
        assert_eq!(after.contains("\r\n"), before.contains("\r\n"));
        assert!(!after.replace("\r\n", "").contains('\r') && (bare || !after.replace("\r\n", "").contains('\n')));
        assert_eq!(release(&repo, &["notes", "--write"]).failure(), (22, "release.noted".to_owned()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
        release(&repo, &["notes", "--write", "--for-version", "v1.2.0-rc.1"]).data();
        assert_eq!(
            release(&repo, &["notes", "--for-version", "soon"]).failure(),
            (20, "release.version-invalid".to_owned())
        );
    }
}

#[test]
fn a_change_log_is_made_where_none_is_and_never_written_through_a_link() {
    let repo = tagged("v1.0.0");
    repo.commit("feat: two");
    release(&repo, &["notes", "--write"]).data();
    let path = repo.root().join("CHANGELOG.md");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("# Changelog\n\n## 1.1.0 (2026-11-21)\n"));
    std::fs::remove_file(&path).unwrap();
    let outside = repo.write("outside.md", "mine\n");
    std::os::unix::fs::symlink(&outside, &path).unwrap();
    assert_eq!(release(&repo, &["notes", "--write"]).failure(), (20, "file.link-outside".to_owned()));
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "mine\n");
    std::fs::remove_file(&path).unwrap();
    wfo_base::atomic::write(&path, b"# C\n\xff\n").unwrap();
    assert_eq!(release(&repo, &["notes", "--write"]).failure(), (20, "file.not-utf8".to_owned()));
}

#[test]
fn notes_are_not_written_into_the_git_folder_of_a_bare_repository() {
    let repo = tagged("v1.0.0");
    repo.commit("feat: two");
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let call =
        |words: &[&str]| repo.call(&[&["release", "notes"], words].concat()).folder(&repo.at("bare.git")).run(&repo);
    assert_eq!(call(&["--write"]).failure(), (20, "git.no-work-tree".to_owned()));
    assert!(!repo.at("bare.git/CHANGELOG.md").exists());
    assert_eq!(call(&[]).data()["version"], "1.1.0");
}
