//! Who may set what, and what broken or strange files of settings come to. Writes below temporary folders only.

use super::*;
use std::os::unix::fs::PermissionsExt;

struct Place(tempfile::TempDir);

impl Place {
    fn new(user: &str, repository: &str, preferences: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("config/wfo/config.yaml", user),
            ("repo/.wfo/config.yaml", repository),
            ("config/preferences.json", preferences),
        ] {
            let path = folder.path().join(path);
            crate::atomic::make_folder(path.parent().unwrap(), false).unwrap();
            if !text.is_empty() {
                crate::atomic::write(&path, text.as_bytes()).unwrap();
            }
        }
        Self(folder)
    }

    fn load(&self) -> Config {
        Config::load(&Home::at(self.0.path().join("config")), Some(&self.0.path().join("repo")))
    }
}

fn codes_of(config: &Config) -> Vec<&str> {
    config.notes.iter().map(|note| note.problem.code.id).collect()
}

#[test]
fn the_repository_lies_over_the_user_where_it_may() {
    let config =
        Place::new("start_day: {command: one}", "start_day:\n  command: two\n", "{\"show_costs\": false}").load();
    assert_eq!(config.notes, vec![]);
    let command = config.setting("start_day.command").unwrap();
    assert_eq!((command.value.as_deref(), command.origin), (Some("two"), Origin::Repository));
    assert!(!config.flag("show_costs"));
    assert_eq!(config.text("start_day_format"), Some("standard"));
}

#[test]
fn a_repository_cannot_make_itself_unattended_nor_name_team_tables() {
    let config = Place::new("", "confirm: {unattended: true}\nteam_data: /tmp", "").load();
    assert!(!config.flag("confirm.unattended"));
    assert_eq!(config.text("team_data"), None);
    assert_eq!(codes_of(&config), vec!["config.not-from-repository"; 2]);
}

#[test]
fn unattended_counts_only_from_a_file_that_others_cannot_write() {
    let place = Place::new("confirm: {unattended: true}", "", "");
    assert!(place.load().flag("confirm.unattended"));
    let path = place.0.path().join("config/wfo/config.yaml");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(!place.load().flag("confirm.unattended"));
    assert_eq!(codes_of(&place.load()), vec!["config.unsafe-permissions"]);
}

#[test]
fn nothing_that_is_run_or_loosens_a_rule_counts_from_a_file_that_others_can_write() {
    let place = Place::new("start_day: {command: evil}\nteam_data: /\nconfirm: {unattended: false}", "", "");
    assert_eq!((place.load().text("start_day.command"), place.load().text("team_data")), (Some("evil"), Some("/")));
    let path = place.0.path().join("config/wfo/config.yaml");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o662)).unwrap();
    assert_eq!((place.load().text("start_day.command"), place.load().text("team_data")), (None, None));
    assert_eq!(codes_of(&place.load()), vec!["config.unsafe-permissions"; 2]);
    let of_repository = Place::new("", "start_day: {command: asked about}", "").load();
    assert_eq!((of_repository.text("start_day.command"), of_repository.notes.len()), (Some("asked about"), 0));
}

#[test]
fn a_team_folder_is_absolute_or_below_home_and_is_there() {
    let home = std::env::home_dir().unwrap();
    for (named, taken) in [
        ("/", Some("/".to_owned())),
        ("~/", Some(home.join("").to_string_lossy().into_owned())),
        (".", None),
        ("src", None),
        ("/no/such", None),
    ] {
        let config = Place::new(&format!("team_data: {named}"), "", "").load();
        assert_eq!(config.text("team_data"), taken.as_deref(), "{named}");
        let expected: &[&str] = if taken.is_some() { &[] } else { &["config.value-unknown"] };
        assert_eq!(codes_of(&config), expected, "{named}");
    }
}

#[test]
fn broken_files_and_strange_values_are_notes() {
    for (user, preferences, code) in [
        ("a: [", "", "config.invalid"),
        ("- 1", "", "config.invalid"),
        ("", "[]", "config.invalid"),
        ("", "{", "config.invalid"),
        ("colour: red", "", "config.key-unknown"),
        ("", "{\"start_day_format\": \"huge\"}", "config.value-unknown"),
        ("", "{\"show_costs\": \"maybe\"}", "config.value-unknown"),
    ] {
        let config = Place::new(user, "", preferences).load();
        assert_eq!(codes_of(&config), vec![code], "{user} {preferences}");
    }
}

#[test]
fn keys_are_sorted_and_named_once() {
    assert!(KEYS.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn a_clone_that_brings_its_own_config_folder_is_not_believed() {
    let place = Place::new("", "", "");
    let repository = place.0.path().join("repo");
    let inside = repository.join("evil/wfo");
    crate::atomic::make_folder(&inside, false).unwrap();
    crate::atomic::write(&inside.join("config.yaml"), b"confirm: {unattended: true}").unwrap();
    let config = Config::load(&Home::at(repository.join("evil")), Some(&repository));
    assert!(!config.flag("confirm.unattended"));
    std::os::unix::fs::symlink(repository.join("evil"), place.0.path().join("link")).unwrap();
    let config = Config::load(&Home::at(place.0.path().join("link")), Some(&repository));
    assert!(!config.flag("confirm.unattended"));
}

#[test]
fn a_config_folder_that_others_can_write_grants_nothing() {
    let place = Place::new("confirm: {unattended: true}", "", "");
    assert!(place.load().flag("confirm.unattended"));
    let folder = place.0.path().join("config/wfo");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(!place.load().flag("confirm.unattended"));
}
