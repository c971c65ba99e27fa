//! Setup on real files: there, twice, and back.

use super::*;
use std::fs;

struct World {
    _folder: tempfile::TempDir,
    place: Place,
    home: Home,
}

fn world(settings: Option<&str>) -> World {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("config"));
    atomic::make_folder(&folder.path().join("project"), false).unwrap();
    if let Some(text) = settings {
        atomic::make_folder(home.config(), false).unwrap();
        atomic::write(&home.config().join("settings.json"), text.as_bytes()).unwrap();
    }
    let place = Place::find(&folder.path().join("project"), &home);
    World { place, home, _folder: folder }
}

impl World {
    fn plan(&self, remove: bool) -> Plan {
        plan(&Setup { place: &self.place, home: &self.home, scope: Scope::User, remove, status_line: true }).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.home.config().join("settings.json")
    }

    fn text(&self) -> Option<String> {
        fs::read_to_string(self.file()).ok()
    }

    fn write(&self, text: &str) {
        atomic::write(&self.file(), text.as_bytes()).unwrap();
    }
}

#[test]
fn removing_brings_every_byte_back() {
    for text in [
        "{}",
        "{ }\n",
        "{\"a\": 1.50,\n\"permissions\":{ \"allow\":[ ] } }",
        "\u{feff}{\"permissions\":{\"allow\":[\"Bash\"]}}\r\n",
    ] {
        let world = world(Some(text));
        world.plan(false).apply(&world.home).unwrap();
        assert_ne!(world.text().as_deref(), Some(text));
        assert!(world.plan(false).is_empty(), "a second run has nothing to do");
        world.plan(true).apply(&world.home).unwrap();
        assert_eq!(world.text().as_deref(), Some(text));
        assert!(!Record::place(&world.home, &world.file()).exists());
    }
}

#[test]
fn a_file_that_setup_made_goes_again() {
    let world = world(None);
    let first = world.plan(false);
    assert!(
        first.diff.iter().any(|line| line.trim_start_matches('+').trim() == "\"Skill(wfo:*)\","),
        "{:?}",
        first.diff
    );
    first.apply(&world.home).unwrap();
    assert!(world.text().unwrap().ends_with("}\n"));
    world.plan(true).apply(&world.home).unwrap();
    assert_eq!(world.text(), None);
    assert!(world.home.config().exists());
}

#[test]
fn a_file_that_was_changed_since_loses_our_lines_only() {
    let world = world(Some("{\n  \"model\": \"opus\"\n}\n"));
    world.plan(false).apply(&world.home).unwrap();
    world.write(&world.text().unwrap().replace("opus", "haiku"));
    world.plan(true).apply(&world.home).unwrap();
    assert_eq!(world.text().as_deref(), Some("{\n  \"model\": \"haiku\"\n}\n"));
}

#[test]
fn a_rule_that_the_user_had_before_stays() {
    let text = "{\"permissions\":{\"allow\":[\"Bash(wfo-helper *)\"]}}";
    let world = world(Some(text));
    let first = world.plan(false);
    assert_eq!(first.rules, ["Skill(wfo:*)"]);
    first.apply(&world.home).unwrap();
    world.write(&format!("{}\n", world.text().unwrap()));
    world.plan(true).apply(&world.home).unwrap();
    assert_eq!(world.text(), Some(format!("{text}\n")));
}

#[test]
fn lines_that_a_person_wrote_by_hand_are_taken_out_too() {
    let world = world(Some("{\"permissions\":{\"allow\":[\"Skill(wfo:*)\",\"Read\"]}}"));
    world.plan(true).apply(&world.home).unwrap();
    assert_eq!(world.text().as_deref(), Some("{\"permissions\":{\"allow\":[\"Read\"]}}"));
    assert!(world.plan(true).is_empty());
}

#[test]
fn a_file_that_changed_after_it_was_shown_is_left_alone() {
    let world = world(Some("{}"));
    let shown = world.plan(false);
    world.write("{\"new\": true}");
    assert_eq!(shown.apply(&world.home).unwrap_err().code, codes::PROPOSAL_STALE);
    assert_eq!(world.text().as_deref(), Some("{\"new\": true}"));
    let absent = self::world(None);
    let shown = absent.plan(false);
    atomic::make_folder(absent.home.config(), false).unwrap();
    absent.write("{}");
    assert_eq!(shown.apply(&absent.home).unwrap_err().code, codes::PROPOSAL_STALE);
}

#[test]
fn a_file_that_does_not_parse_is_refused_with_its_line() {
    let world = world(Some("{\n  // no\n}"));
    let refused =
        plan(&Setup { place: &world.place, home: &world.home, scope: Scope::User, remove: false, status_line: true })
            .unwrap_err();
    assert_eq!((refused.code, refused.location.and_then(|place| place.line)), (codes::SETTINGS_INVALID, Some(2)));
    assert_eq!(check(&world.place, &world.home, None).verdict(), None);
}

#[test]
fn the_check_follows_the_files() {
    let world = world(Some("{}"));
    assert_eq!(check(&world.place, &world.home, None).verdict(), Some(false));
    world.plan(false).apply(&world.home).unwrap();
    assert_eq!(check(&world.place, &world.home, None).verdict(), Some(true));
    assert_eq!(check(&world.place, &world.home, Some(Scope::Project)).verdict(), Some(false));
    world.write(&world.text().unwrap().replacen('{', "{\"permissions2\": 0, \"x\": {\"deny\": [\"Bash\"]},", 1));
    assert_eq!(check(&world.place, &world.home, None).verdict(), Some(true));
    world.write("{\"permissions\":{\"allow\":[\"Skill(wfo:*)\",\"Bash(wfo-helper *)\"],\"deny\":[\"Bash(wfo-*)\"]}}");
    let checked = check(&world.place, &world.home, None);
    assert_eq!((checked.verdict(), checked.defeats.len()), (Some(false), 1));
}

#[test]
fn a_link_to_the_settings_stays_a_link() {
    let world = world(None);
    let real = world.home.config().parent().unwrap().join("dotfiles.json");
    atomic::make_folder(world.home.config(), false).unwrap();
    atomic::write(&real, b"{}").unwrap();
    std::os::unix::fs::symlink(&real, world.file()).unwrap();
    world.plan(false).apply(&world.home).unwrap();
    assert!(fs::symlink_metadata(world.file()).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("Skill(wfo:*)"));
}
