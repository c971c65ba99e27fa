//! `setup` from the proposal to the settings file and back, with the built program.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::PathBuf;

use serde_json::Value;
use support::tree::picture;
use support::{Call, Done, Repo, Sandbox, binary, text_of};

const SETTINGS: &str = "{\n    \"model\": \"opus\",\n    \"n\": 1.50,\n    \"env\": {\"API_KEY\": \"do-not-show\"},\n    \"permissions\": {\n        \"allow\": [\n            \"Read\"\n        ]\n    }\n}\n";

/// A repository whose user has settings; the user's configuration may say that nobody watches.
struct World(Repo);

impl World {
    fn new(settings: &str) -> Self {
        let repo = Repo::new();
        repo.put_config("settings.json", settings);
        Self(repo)
    }

    fn unattended(self) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let path = self.0.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().expect("a folder"), 0o700)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
        }
        self
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.0.helper(&[&["setup", "--json"], arguments].concat())
    }

    fn file(&self) -> PathBuf {
        self.0.config().join("settings.json")
    }

    fn text(&self) -> String {
        text_of(&self.file())
    }
}

fn id(data: &Value) -> String {
    data["proposal"]["id"].as_str().expect("a proposal").to_owned()
}

fn allowed(text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    value["permissions"]["allow"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|rule| rule.as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn without_a_yes_the_change_is_shown_and_nothing_is_written() {
    let world = World::new(SETTINGS);
    let data = world.run(&[]).data();
    assert_eq!((&data["applied"], &data["scope"]), (&Value::Bool(false), &Value::from("user")));
    let diff = data["diff"].to_string();
    assert!(diff.contains("+            \\\"Skill(wfo:*)\\\",") && !diff.contains("do-not-show"), "{diff}");
    assert_eq!(world.text(), SETTINGS);
    let done = world.run(&["--confirm", &id(&data)]);
    assert_eq!(done.failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(world.text(), SETTINGS);
}

#[test]
fn a_confirmed_change_adds_two_lines_and_removing_brings_every_byte_back() {
    let world = World::new(SETTINGS).unattended();
    assert_eq!(world.run(&["--check"]).status, Some(10));
    let data = world.run(&["--confirm", &id(&world.run(&[]).data())]).data();
    assert_eq!(data["applied"], true);
    assert_eq!(allowed(&world.text()), ["Skill(wfo:*)", "Bash(wfo-helper *)", "Read"]);
    let without: String =
        world.text().lines().filter(|line| !line.contains("wfo")).map(|line| format!("{line}\n")).collect();
    assert_eq!(without, SETTINGS, "nothing but two lines was added");
    assert_eq!(world.run(&["--check"]).data()["verdict"], "pass");
    // Again: nothing to do, and no second copy.
    let again = world.run(&["--yes"]).data();
    assert_eq!((&again["applied"], again.get("proposal")), (&Value::Bool(false), None));
    let proposed = world.run(&["--remove"]).data();
    assert_ne!(world.text(), SETTINGS);
    assert_eq!(world.run(&["--remove", "--confirm", &id(&proposed)]).data()["applied"], true);
    assert_eq!(world.text(), SETTINGS);
    assert_eq!(world.run(&["--check"]).status, Some(10));
    assert_eq!(world.run(&["--remove"]).data().get("proposal"), None);
}

/// Every file of the hooks folder with its mode and bytes.
fn hooks_of(world: &World) -> Vec<(PathBuf, u32, Vec<u8>)> {
    use std::os::unix::fs::MetadataExt;
    let entries = std::fs::read_dir(world.0.root().join(".git/hooks")).expect("a folder");
    let row = |path: PathBuf| {
        let mode = path.metadata().expect("a file").mode();
        let bytes = std::fs::read(&path).expect("readable");
        (path, mode, bytes)
    };
    let mut rows: Vec<_> = entries.flatten().map(|entry| row(entry.path())).collect();
    rows.sort();
    rows
}

#[test]
fn in_a_repository_git_hooks_are_part_of_it_and_go_with_it_byte_for_byte() {
    let world = World::new(SETTINGS).unattended();
    let hook = |name: &str| world.0.root().join(".git/hooks").join(name);
    world.0.put(".git/hooks/pre-commit", "#!/bin/sh\r\nexit 0\n");
    let before = hooks_of(&world);
    let data = world.run(&[]).data();
    let acts = data["proposal"]["actions"].to_string();
    assert!(acts.contains("Skill(wfo:*)") && acts.contains(".git/hooks/pre-commit"), "{data:#}");
    assert!(data["proposal"]["title"].as_str().expect("a title").contains("have git check each commit"), "{data:#}");
    assert_eq!(data["hooks"]["steps"].as_array().map(Vec::len), Some(3), "{data:#}");
    assert_eq!((world.text().as_str(), hooks_of(&world) == before), (SETTINGS, true));
    // What is confirmed is what was shown, of the hooks too.
    let stale = id(&data);
    world.0.put(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    assert_eq!(world.run(&["--confirm", &stale]).failure(), (22, "proposal.stale".to_owned()));
    world.0.put(".git/hooks/pre-commit", "#!/bin/sh\r\nexit 0\n");
    assert_eq!(world.run(&["--confirm", &id(&world.run(&[]).data())]).data()["applied"], true);
    assert!(hook("prepare-commit-msg").exists() && hook("pre-commit.wfo-chained").exists());
    assert_eq!(world.run(&["--yes"]).data()["applied"], false, "nothing to do twice");
    assert_eq!(world.run(&["--remove", "--yes"]).data()["applied"], true);
    assert_eq!((world.text().as_str(), hooks_of(&world) == before), (SETTINGS, true));
    // A part alone, and a folder of hooks that belongs to somebody else.
    assert!(world.run(&["--dry-run", "--no-hooks"]).data().get("hooks").is_none());
    assert!(world.run(&["--dry-run", "--only", "user"]).data().get("hooks").is_none());
    world.0.git(&["config", "core.hooksPath", ".githooks"]);
    let done = world.run(&["--yes"]);
    assert_eq!((done.status, done.codes()), (Some(0), vec!["hooks.elsewhere".to_owned()]));
    assert_eq!(done.data()["hooks"]["snippets"].as_array().map(Vec::is_empty), Some(false));
    assert!(!world.0.root().join(".githooks").exists() && hooks_of(&world) == before);
}

#[test]
fn an_id_works_once_and_only_for_the_file_that_was_shown() {
    let world = World::new("{}").unattended();
    let first = id(&world.run(&[]).data());
    wfo_base::atomic::write(&world.file(), b"{\"model\": \"opus\"}").expect("written");
    assert_eq!(world.run(&["--confirm", &first]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(world.text(), "{\"model\": \"opus\"}");
    let second = id(&world.run(&[]).data());
    assert_ne!(first, second);
    assert_eq!(world.run(&["--remove", "--confirm", &second]).failure().0, 22);
    assert_eq!(world.run(&["--confirm", "AAAAAAAAAAAA"]).failure(), (20, "proposal.unknown".to_owned()));
    assert_eq!(world.run(&["--confirm", &second]).data()["applied"], true);
    assert_eq!(world.run(&["--confirm", &second]).failure(), (22, "proposal.used".to_owned()));
}

#[test]
fn a_dry_run_and_a_check_write_nothing_anywhere() {
    let world = World::new(SETTINGS);
    let before = picture(&world.0.at(""));
    let data = world.run(&["--dry-run"]).data();
    assert_eq!((data["diff"].as_array().map(Vec::len), data.get("proposal")), (Some(7), None));
    world.run(&["--check"]).answer();
    world.run(&["--remove", "--dry-run"]).data();
    assert_eq!(picture(&world.0.at("")), before);
}

#[test]
fn settings_that_do_not_parse_are_left_alone() {
    for (text, line) in [
        ("{\n  // note\n  \"a\": 1\n}", 2),
        ("", 1),
        ("[]", 1),
        ("{\"a\": 1,\n}", 2),
        ("{\"permissions\": {\n\"allow\": 1}}", 2),
    ] {
        let world = World::new(text).unattended();
        for arguments in [&["--yes"][..], &["--remove", "--yes"], &["--dry-run"]] {
            let done = world.run(arguments);
            assert_eq!(done.failure(), (20, "settings.invalid".to_owned()), "{text}");
            assert_eq!(done.json()["diagnostics"][0]["where"]["line"], line, "{text}");
        }
        assert_eq!(world.text(), text);
        let check = world.run(&["--check"]);
        assert_eq!((check.status, &check.answer()["data"]["verdict"]), (Some(11), &Value::from("unknown")), "{text}");
    }
    let world = World::new("{}");
    wfo_base::atomic::write(&world.file(), b"{\"a\": \"\xff\"}").expect("written");
    assert_eq!(world.run(&[]).failure().1, "settings.invalid");
}

#[test]
fn project_settings_are_the_projects_own() {
    let world = World::new("{}").unattended();
    let data = world.run(&["--only", "project", "--yes"]).data();
    let file = world.0.root().join(".claude/settings.json");
    assert_eq!(
        (&data["scope"], data["file"].as_str()),
        (&Value::from("project"), Some(file.display().to_string().as_str()))
    );
    assert_eq!(allowed(&text_of(&file)).len(), 2);
    assert_eq!(world.text(), "{}");
    assert_eq!(world.0.git(&["status", "--porcelain", "-uall"]), "?? .claude/settings.json\n");
    assert_eq!(world.run(&["--check"]).data()["verdict"], "pass");
    assert_eq!(world.run(&["--check", "--only", "user"]).status, Some(10));
    // A removal takes what setup made, the folder included.
    world.run(&["--only", "project", "--remove", "--yes"]).data();
    assert_eq!(world.0.git(&["status", "--porcelain", "-uall"]), "");
    assert!(!world.0.root().join(".claude").exists());
}

#[test]
fn project_settings_need_a_project_and_do_not_follow_links_out_of_it() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.helper(&["setup", "--only", "project", "--json"]).failure(),
        (20, "git.no-repository".to_owned())
    );
    sandbox.git(&["init", "-q", "--bare", "."]);
    assert_eq!(
        sandbox.helper(&["setup", "--only", "project", "--json"]).failure(),
        (20, "git.no-work-tree".to_owned())
    );
    for (link, target) in [(".claude/settings.json", "settings.json"), (".claude", "")] {
        let world = World::new("{}").unattended();
        let outside = world.0.write("elsewhere/settings.json", "{}");
        let link = world.0.root().join(link);
        std::fs::create_dir_all(link.parent().expect("a folder")).expect("folders");
        std::os::unix::fs::symlink(world.0.at("elsewhere").join(target), &link).expect("a link");
        let done = world.run(&["--only", "project", "--yes"]);
        assert_eq!(done.failure(), (20, "file.link-outside".to_owned()));
        assert_eq!(text_of(&outside), "{}");
        if target.is_empty() {
            std::fs::remove_file(&outside).expect("removed");
            assert_eq!(world.run(&["--only", "project", "--yes"]).failure().1, "file.link-outside");
            assert_eq!(std::fs::read_dir(world.0.at("elsewhere")).expect("a folder").count(), 0);
        }
    }
}

#[test]
fn a_rule_that_is_stronger_is_reported() {
    for (rules, defeated) in [
        (r#""deny": ["Bash(wfo-*)"]"#, true),
        (r#""ask": ["Bash"]"#, true),
        (r#""deny": ["Skill(wfo:start-day)"]"#, true),
        (r#""deny": ["Bash(git push *)", "Read(.env)"]"#, false),
    ] {
        let world = World::new("{}").unattended();
        world.0.put(".claude/settings.local.json", &format!("{{\"permissions\": {{{rules}}}}}"));
        let done = world.run(&["--yes"]);
        assert_eq!(done.data()["applied"], true);
        assert_eq!(done.codes().contains(&"settings.defeated".to_owned()), defeated, "{rules}");
        let check = world.run(&["--check"]);
        assert_eq!(check.status, Some(if defeated { 10 } else { 0 }), "{rules}");
        assert_eq!(check.answer()["data"]["defeated_by"].as_array().map(Vec::len), Some(usize::from(defeated)));
    }
}

#[test]
fn an_older_or_wider_rule_is_not_doubled() {
    let text = "{\"permissions\":{\"allow\":[\"Bash(wfo-helper:*)\",\"Skill\"]}}";
    let world = World::new(text).unattended();
    let data = world.run(&["--yes", "--no-status-line", "--no-hooks"]).data();
    assert_eq!((data["applied"].as_bool(), data["rules"].as_array().map(Vec::len)), (Some(false), Some(0)));
    assert_eq!(world.text(), text);
    assert_eq!(world.run(&["--check"]).status, Some(0));
}

#[test]
fn a_first_user_has_no_settings_and_none_are_left_after_removing() {
    let sandbox = Sandbox::new();
    std::fs::remove_dir(sandbox.config()).expect("removed");
    sandbox.write("config/wfo/config.yaml", "confirm: {unattended: true}\n");
    let data = sandbox.helper(&["setup", "--yes", "--json"]).data();
    assert_eq!(data["diff"].as_array().and_then(|lines| lines.get(2)).and_then(Value::as_str), Some("+{"));
    assert_eq!(allowed(&text_of(&sandbox.config().join("settings.json"))).len(), 2);
    sandbox.helper(&["setup", "--remove", "--yes", "--json"]).data();
    assert!(!sandbox.config().join("settings.json").exists());
    assert_eq!(sandbox.helper(&["setup", "--remove", "--yes", "--json"]).data()["applied"], false);
}

#[test]
fn of_many_at_once_the_lines_come_once() {
    let world = World::new(SETTINGS).unattended();
    let sandbox: &Sandbox = &world.0;
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Call::new(binary()).args(["setup", "--yes", "--json"]).run(sandbox)))
            .collect();
        for run in runs {
            let done = run.join().expect("a run");
            assert!(matches!(done.status, Some(0 | 22)), "{done:?}");
        }
    });
    assert_eq!(allowed(&world.text()), ["Skill(wfo:*)", "Bash(wfo-helper *)", "Read"]);
    assert_eq!(world.run(&["--remove", "--yes"]).data()["applied"], true);
    assert_eq!(world.text(), SETTINGS);
}

#[test]
fn what_is_kept_for_the_way_back_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(SETTINGS).unattended();
    world.run(&["--yes"]).data();
    let folder = world.0.config().join("wfo/state/setup");
    let mode = |path: &std::path::Path| path.metadata().expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    assert!(
        files.iter().any(|path| text_of(path).contains("do-not-show")) && files.iter().all(|path| mode(path) == 0o600)
    );
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let world = World::new("{}");
    for arguments in [&["--check", "--remove"][..], &["--check", "--yes"], &["--only", "everybody"], &["--confirm"]] {
        assert_eq!(world.run(arguments).failure().0, 64, "{arguments:?}");
    }
}

#[test]
fn a_check_that_could_not_read_the_settings_does_not_send_one_to_setup() {
    let sandbox = Sandbox::new();
    let next = || sandbox.helper(&["setup", "--check", "--json"]).json()["next"].clone();
    assert_eq!(next(), serde_json::json!(["wfo-helper setup"]));
    sandbox.write("config/settings.json", "{ broken");
    assert_eq!(next(), serde_json::Value::Null);
}

/// Returns the command of the status line in the settings.
fn status_line(world: &World) -> Option<String> {
    let value: Value = serde_json::from_str(&world.text()).expect("JSON");
    value["statusLine"]["command"].as_str().map(str::to_owned)
}

#[test]
fn the_status_line_is_laid_down_shown_told_and_taken_out_byte_for_byte() {
    let settings = "{\n  \"permissions\": {\"allow\": [\"Skill\", \"Bash\"]}\n}\n";
    let world = World::new(settings).unattended();
    assert_eq!(world.run(&["--check"]).data()["status_line"]["state"], "absent");
    let data = world.run(&[]).data();
    let command = data["status_line"]["command"].as_str().expect("a command").to_owned();
    assert!(command.ends_with("/wfo-helper statusline") && data["diff"].to_string().contains("statusLine"), "{data}");
    assert_eq!(data["rules"].as_array().map(Vec::len), Some(0));
    assert_eq!(world.run(&["--confirm", &id(&data)]).data()["applied"], true);
    assert_eq!(status_line(&world), Some(command));
    let told = world.run(&["--check"]).data();
    assert_eq!((&told["status_line"]["state"], &told["verdict"]), (&"wfo".into(), &"pass".into()));
    assert_eq!(world.run(&["--yes"]).data()["applied"], false, "again: nothing to do");
    assert_eq!(world.run(&["--remove", "--yes"]).data()["applied"], true);
    assert_eq!(world.text(), settings);
}

#[test]
fn what_others_changed_since_stays_when_the_status_line_goes() {
    let world = World::new(SETTINGS).unattended();
    world.run(&["--yes"]).data();
    let changed = world.text().replace("\"opus\"", "\"sonnet\"");
    wfo_base::atomic::write(&world.file(), changed.as_bytes()).expect("written");
    assert_eq!(world.run(&["--remove", "--yes"]).data()["applied"], true);
    assert_eq!(world.text(), SETTINGS.replace("\"opus\"", "\"sonnet\""));
}

#[test]
fn a_foreign_status_line_stays_and_is_said() {
    let settings = "{\"statusLine\": {\"type\": \"command\", \"command\": \"mine.sh\"}}\n";
    let world = World::new(settings).unattended();
    let done = world.run(&["--yes"]);
    assert_eq!(done.codes(), ["settings.status-line-kept"]);
    assert_eq!((done.data().get("status_line"), status_line(&world).as_deref()), (None, Some("mine.sh")));
    assert_eq!(world.run(&["--check"]).data()["status_line"]["state"], "foreign");
    world.run(&["--remove", "--yes"]).data();
    assert_eq!(world.text(), settings);
}

#[test]
fn without_the_status_line_or_for_a_project_only_the_permission_lines_are_added() {
    let world = World::new("{}").unattended();
    world.run(&["--yes", "--no-status-line"]).data();
    assert_eq!((status_line(&world), allowed(&world.text()).len()), (None, 2));
    let data = world.run(&["--only", "project", "--dry-run"]).data();
    assert!(!data["diff"].to_string().contains("statusLine"), "{data}");
}
