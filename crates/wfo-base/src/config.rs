//! Settings: `CONFIG/wfo/config.yaml`, the repository's `.wfo/config.yaml`, and the host's `preferences.json`.
//! Knows each key, its kind, its default and who may set it. A repository can never grant itself trust.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use crate::home::Home;
use crate::problem::{Diagnostic, Problem};
use crate::tables::{Layers, Origin};
use crate::{codes, read, yaml};

/// Who may set a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setter {
    /// Only the user's own file.
    User,
    /// The user's file and, over it, the repository's.
    Anyone,
    /// The host's `preferences.json`.
    Preferences,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flag,
    Text,
    /// Words, as a list or separated by commas.
    List,
    /// A folder that is there: absolute, or below the home folder as `~/...`.
    Folder,
    OneOf(&'static [&'static str]),
}

/// Stands before each word of a list while files are read, so that a list is no text.
const IN_LIST: char = '\u{1f}';

/// One setting that exists.
#[derive(Debug)]
struct Key {
    name: &'static str,
    kind: Kind,
    setter: Setter,
    default: Option<&'static str>,
    about: &'static str,
}

/// Every setting, sorted by name. A new one is one row here and one in `reference/config.md`.
const KEYS: &[Key] = &[
    Key {
        name: "auto_create_todos",
        kind: Kind::Flag,
        setter: Setter::Preferences,
        default: Some("false"),
        about: "add the list for the host's task tool to every start-day",
    },
    Key {
        name: "confirm.unattended",
        kind: Kind::Flag,
        setter: Setter::User,
        default: Some("false"),
        about: "take --confirm without a person (CI only)",
    },
    Key {
        name: "context.watch",
        kind: Kind::Flag,
        setter: Setter::Anyone,
        default: Some("true"),
        about: "tell when the context of a session gets full, and save the state of the work before it is lost",
    },
    Key {
        name: "costs.shared",
        kind: Kind::Flag,
        setter: Setter::Anyone,
        default: Some("false"),
        about: "keep the ledger and what is derived from it in git",
    },
    Key {
        name: "dirs.standard",
        kind: Kind::Flag,
        setter: Setter::Anyone,
        default: Some("false"),
        about: "hold folders against the standard: CLAUDE.md, README.md, ARCHIVED/",
    },
    Key {
        name: "gate.require",
        kind: Kind::List,
        setter: Setter::User,
        default: None,
        about: "tools without which the checks that know them are unknown, such as gitleaks",
    },
    Key {
        name: "port.names",
        kind: Kind::Text,
        setter: Setter::Anyone,
        default: Some("PORT"),
        about: "variables that hold the leased ports in env files, in order, separated by commas",
    },
    Key {
        name: "remind.unsaved",
        kind: Kind::Flag,
        setter: Setter::User,
        default: Some("true"),
        about: "tell you once a session when work would be lost",
    },
    Key {
        name: "show_costs",
        kind: Kind::Flag,
        setter: Setter::Preferences,
        default: Some("true"),
        about: "show the cost section of the briefing",
    },
    Key {
        name: "start_day.command",
        kind: Kind::Text,
        setter: Setter::Anyone,
        default: None,
        about: "shell command whose output is added to the briefing, once its text is approved",
    },
    Key {
        name: "start_day_format",
        kind: Kind::OneOf(&["brief", "standard", "detailed"]),
        setter: Setter::Preferences,
        default: Some("standard"),
        about: "how much the briefing shows",
    },
    Key {
        name: "team_data",
        kind: Kind::Folder,
        setter: Setter::User,
        default: None,
        about: "folder with the team's tables, laid under the user's",
    },
    Key {
        name: "waivers.trust",
        kind: Kind::OneOf(&["here", "repository"]),
        setter: Setter::User,
        default: Some("here"),
        about: "whose waivers count: those confirmed here, or whatever the repository brings (CI)",
    },
    Key {
        name: "worktree.root",
        kind: Kind::Text,
        setter: Setter::User,
        default: None,
        about: "folder below which all worktrees are made, as <root>/<project>/<branch>",
    },
    Key {
        name: "worktree.setup",
        kind: Kind::Text,
        setter: Setter::Anyone,
        default: None,
        about: "shell command that makes a new worktree ready, once its text is approved",
    },
];

/// The value of one key and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Dotted name.
    pub key: &'static str,
    /// The value as text; `None` when nothing sets it.
    pub value: Option<String>,
    /// The layer that sets it.
    pub origin: Origin,
    /// The file that sets it, where one does.
    pub file: Option<String>,
    /// What it is for.
    pub about: &'static str,
}

/// All settings of this call.
#[derive(Debug, Clone)]
pub struct Config {
    settings: Vec<Setting>,
    /// What was wrong in the files.
    pub notes: Vec<Diagnostic>,
}

impl Config {
    /// Reads the three files; what is missing is default, what is broken is a note.
    #[must_use]
    pub fn load(home: &Home, repository: Option<&Path>) -> Self {
        let settings = KEYS
            .iter()
            .map(|key| Setting {
                key: key.name,
                value: key.default.map(str::to_owned),
                origin: Origin::BuiltIn,
                file: None,
                about: key.about,
            })
            .collect();
        let mut config = Self { settings, notes: Vec::new() };
        config.read_preferences(&home.config().join("preferences.json"));
        let path = home.wfo("config.yaml");
        let shown = path.display().to_string();
        config.read_yaml(&shown, Origin::User, read::own(&path, read::PAGE_LIMIT), is_the_users(&path, repository));
        if let Some(root) = repository {
            let relative = ".wfo/config.yaml";
            config.read_yaml(relative, Origin::Repository, read::page(root, relative, read::PAGE_LIMIT), false);
        }
        config
    }

    /// Returns all settings, sorted by name.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Returns one setting by its dotted name.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    /// Returns a value as text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.setting(key)?.value.as_deref()
    }

    /// Says whether a flag is on.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    /// Returns the words of a list.
    pub fn words(&self, key: &str) -> impl Iterator<Item = &str> {
        self.text(key).unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty())
    }

    /// Returns the folders whose tables lie over the built-in ones.
    #[must_use]
    pub fn layers(&self, home: &Home, repository: Option<&Path>) -> Layers {
        Layers {
            team: self.text("team_data").map(PathBuf::from),
            user: Some(home.wfo("data")),
            repository: repository.map(Path::to_owned),
        }
    }

    fn read_preferences(&mut self, path: &Path) {
        let shown = path.display().to_string();
        let page = match read::own(path, read::PAGE_LIMIT) {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(problem) => return self.notes.push(problem.warning()),
        };
        // The host's file: keys of other programs are none of our business, so only ours are looked at.
        match serde_json::from_str::<serde_json::Value>(&page.text) {
            Ok(serde_json::Value::Object(map)) => {
                for key in KEYS.iter().filter(|key| key.setter == Setter::Preferences) {
                    match map.get(key.name) {
                        None => {}
                        Some(serde_json::Value::String(text)) => {
                            self.set(key, text.clone(), Origin::User, &shown, None);
                        }
                        Some(other) => self.set(key, other.to_string(), Origin::User, &shown, None),
                    }
                }
            }
            Ok(_) => self.notes.push(invalid(&shown, "not a JSON object").warning()),
            Err(error) => {
                let problem = invalid(&shown, &error.to_string());
                self.notes.push(problem.at(shown, error.line(), error.column()).warning());
            }
        }
    }

    fn read_yaml(&mut self, shown: &str, origin: Origin, page: Result<Option<read::Page>, Problem>, private: bool) {
        let page = match page {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(problem) => return self.notes.push(problem.warning()),
        };
        let value: Value = match yaml::parse(&page.text) {
            Ok(value) => value,
            Err(fault) => {
                let problem = invalid(shown, &fault.message);
                let (line, column) = fault.place.unwrap_or((1, 1));
                return self.notes.push(problem.at(shown, line, column).warning());
            }
        };
        let mut pairs = Vec::new();
        match &value {
            Value::Null => {}
            Value::Mapping(_) => flatten("", &value, &mut pairs),
            _ => self.notes.push(invalid(shown, "not a mapping").in_file(shown).warning()),
        }
        for (name, text) in pairs {
            let line = line_of(&page.text, &name);
            let known = KEYS.iter().find(|key| key.name == name && key.setter != Setter::Preferences);
            match known {
                None => self.notes.push(
                    Problem::new(codes::CONFIG_KEY_UNKNOWN, format!("`{name}` is a setting that nothing reads"))
                        .hint("`wfo-helper config show` lists the settings")
                        .at_line(shown, line)
                        .warning(),
                ),
                Some(key) if key.setter == Setter::User && origin == Origin::Repository => self.notes.push(
                    Problem::new(codes::CONFIG_NOT_YOURS, format!("a repository cannot set `{name}`"))
                        .hint("set it in `CONFIG/wfo/config.yaml` if you want it")
                        .at_line(shown, line)
                        .warning(),
                ),
                Some(_) if origin == Origin::User && !private && text != "false" => self.notes.push(
                    Problem::new(
                        codes::CONFIG_UNSAFE,
                        format!(
                            "`{shown}` can be written by others or lies in the repository, so `{name}` does not count"
                        ),
                    )
                    .hint(format!("run `chmod go-w {shown}` and see that you own it"))
                    .at_line(shown, line)
                    .warning(),
                ),
                Some(key) => self.set(key, text, origin, shown, Some(line)),
            }
        }
    }

    fn set(&mut self, key: &'static Key, mut text: String, origin: Origin, shown: &str, line: Option<usize>) {
        if let (Kind::Folder, Some(below), Some(home)) = (key.kind, text.strip_prefix("~/"), std::env::home_dir()) {
            text = home.join(below).to_string_lossy().into_owned();
        }
        if key.kind == Kind::List {
            text = text.trim_start_matches(IN_LIST).replace(IN_LIST, ",");
        }
        let allowed = match key.kind {
            Kind::Flag => text == "true" || text == "false",
            Kind::Text => !text.trim().is_empty() && !text.contains(IN_LIST),
            Kind::List => text.chars().any(|c| c.is_alphanumeric()),
            // A relative path would be looked for in whatever repository the call works in.
            Kind::Folder => Path::new(&text).is_absolute() && Path::new(&text).is_dir(),
            Kind::OneOf(values) => values.contains(&text.as_str()),
        };
        if !allowed {
            let possible = match key.kind {
                Kind::Flag => "true or false".to_owned(),
                Kind::Text => "some text".to_owned(),
                Kind::List => "a list of words".to_owned(),
                Kind::Folder => "the absolute path of a folder that is there".to_owned(),
                Kind::OneOf(values) => values.join(", "),
            };
            let problem =
                Problem::new(codes::CONFIG_VALUE_UNKNOWN, format!("`{}` is `{text}`, not {possible}", key.name))
                    .hint(format!("correct it in `{shown}`"));
            let problem = match line {
                Some(line) => problem.at_line(shown, line),
                None => problem.in_file(shown),
            };
            return self.notes.push(problem.warning());
        }
        if let Some(setting) = self.settings.iter_mut().find(|setting| setting.key == key.name) {
            setting.value = Some(text);
            setting.origin = origin;
            setting.file = Some(shown.to_owned());
        }
    }
}

/// Says whether a file and its folder belong to the user (or root), nobody else may write them, and they do not lie in
/// the repository: CONFIG may be named by a variable, and a clone must not bring its own.
fn is_the_users(path: &Path, repository: Option<&Path>) -> bool {
    let private = |path: &Path| {
        std::fs::metadata(path).is_ok_and(|meta| {
            (meta.uid() == rustix::process::geteuid().as_raw() || meta.uid() == 0) && meta.mode() & 0o022 == 0
        })
    };
    let brought = std::fs::canonicalize(path).is_ok_and(|real| {
        let root = repository.and_then(|root| std::fs::canonicalize(root).ok());
        root.is_some_and(|root| real.starts_with(root))
    });
    !brought && private(path) && path.parent().is_some_and(private)
}

fn invalid(shown: &str, what: &str) -> Problem {
    Problem::new(codes::CONFIG_INVALID, format!("`{shown}` does not count: {what}"))
        .hint(format!("correct `{shown}`, then run `wfo-helper config show`"))
}

/// Turns nested mappings into dotted names with the scalar as text.
fn flatten(prefix: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Mapping(map) if prefix.len() < 200 => {
            for (key, inner) in map {
                let key = key.as_str().map_or_else(|| "?".to_owned(), str::to_owned);
                let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
                flatten(&name, inner, out);
            }
            return;
        }
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Sequence(list) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).map(|word| format!("{IN_LIST}{word}")).collect()
        }
        _ => String::new(),
    };
    out.push((prefix.to_owned(), text));
}

/// Finds the line (from 1) on which the last part of a dotted name stands as a key.
fn line_of(text: &str, name: &str) -> usize {
    let last = name.rsplit('.').next().unwrap_or(name);
    text.lines()
        .position(|line| {
            let bare = line.trim_start_matches([' ', '{', ',', '"', '\'']);
            bare.starts_with(last) || line.contains(&format!("{last}:"))
        })
        .map_or(1, |index| index + 1)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
