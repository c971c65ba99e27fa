//! The permission rules that Claude Code needs to load wfo's skills and run the helper without a question each time; and
//! which other settings would defeat them. Reads settings files; writes none.

use serde_json::Value;
use wfo_base::home::Home;
use wfo_base::{Diagnostic, Problem, codes, read, text};

use super::edit;
use crate::place::Place;

/// The rules, in the order in which they are written.
pub const RULES: [&str; 2] = ["Skill(wfo:*)", "Bash(wfo-helper *)"];

/// A call that each rule is there for; a rule that refuses it defeats ours.
const SAMPLES: [(&str, &str); 2] = [("Skill", "wfo:start-day"), ("Bash", "wfo-helper start-day")];

/// Settings that an administrator lays down.
const MANAGED: [&str; 2] = ["/etc/claude-code", "/Library/Application Support/ClaudeCode"];

/// Whose settings a file holds, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// `CONFIG/settings.json`.
    User,
    /// `.claude/settings.json`, shared with the team.
    Project,
    /// `.claude/settings.local.json`.
    Local,
    /// The administrator's.
    Managed,
}

/// One settings file that could be read.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) holder: Holder,
    pub(crate) shown: String,
    pub(crate) value: Value,
}

/// All settings that hold in a place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    pub(crate) found: Vec<Source>,
    /// Files that are there and cannot be read.
    pub(crate) unread: Vec<Diagnostic>,
}

/// A setting that takes the effect of our rules away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defeat {
    /// The file.
    pub file: String,
    /// The setting: `permissions.deny`, `permissions.ask` or `allowManagedPermissionRulesOnly`.
    pub setting: &'static str,
    /// The rule of that list.
    pub rule: Option<String>,
}

impl Defeat {
    /// Words it as a warning.
    #[must_use]
    pub fn warning(&self) -> Diagnostic {
        let effect =
            if self.setting == "permissions.ask" { "asks before each such call" } else { "takes their effect away" };
        let what = self.rule.as_ref().map_or_else(String::new, |rule| format!(" {}", text::code_span(rule)));
        Problem::new(
            codes::SETTINGS_DEFEATED,
            format!("`{}`{what} in `{}` is stronger than the permission lines and {effect}", self.setting, self.file),
        )
        .hint("a rule that denies or asks wins over one that allows: take it out, or ask your administrator")
        .in_file(self.file.clone())
        .warning()
    }
}

impl Sources {
    /// Reads the settings that hold in a place.
    pub(crate) fn load(place: &Place, home: &Home) -> Self {
        let mut sources = Self::default();
        let user = home.config().join("settings.json");
        sources.add(Holder::User, &user.display().to_string(), read::own(&user, read::PAGE_LIMIT));
        if place.repository().is_some_and(|repository| !repository.is_bare()) {
            for (holder, name) in
                [(Holder::Project, ".claude/settings.json"), (Holder::Local, ".claude/settings.local.json")]
            {
                sources.add(holder, name, read::page(place.root(), name, read::PAGE_LIMIT));
            }
        }
        for folder in MANAGED {
            let folder = std::path::Path::new(folder);
            let mut files = vec![folder.join("managed-settings.json")];
            let parts = std::fs::read_dir(folder.join("managed-settings.d")).into_iter().flatten().flatten().take(100);
            let mut parts: Vec<_> = parts
                .map(|part| part.path())
                .filter(|path| path.extension().is_some_and(|end| end == "json"))
                .collect();
            parts.sort();
            files.append(&mut parts);
            for file in files {
                sources.add(Holder::Managed, &file.display().to_string(), read::own(&file, read::PAGE_LIMIT));
            }
        }
        sources
    }

    fn add(&mut self, holder: Holder, shown: &str, page: Result<Option<read::Page>, Problem>) {
        let value = match page {
            Ok(None) => return,
            Ok(Some(page)) if page.lossy => Err(super::invalid(shown, "it holds bytes that are not UTF-8", None)),
            Ok(Some(page)) => edit::parse(&page.text)
                .map_err(|refused| super::invalid(shown, &refused.why, Some(edit::line_of(&page.text, refused.at)))),
            Err(problem) => Err(problem),
        };
        match value {
            Ok(value) => self.found.push(Source { holder, shown: shown.to_owned(), value }),
            Err(problem) => self.unread.push(problem.warning()),
        }
    }

    /// Returns the file that allows what a rule allows, the strongest first.
    pub(crate) fn allows(&self, rule: &str, counts: impl Fn(Holder) -> bool) -> Option<&Source> {
        let managed_only = self.managed_only().is_some();
        self.found.iter().rev().find(|source| {
            counts(source.holder)
                && (!managed_only || source.holder == Holder::Managed)
                && list(&source.value, "allow").any(|present| is_same(present, rule))
        })
    }

    /// Returns the settings that defeat our rules.
    pub(crate) fn defeats(&self) -> Vec<Defeat> {
        let mut found = Vec::new();
        for source in &self.found {
            for (key, setting) in [("deny", "permissions.deny"), ("ask", "permissions.ask")] {
                for rule in
                    list(&source.value, key).filter(|rule| SAMPLES.iter().any(|(tool, call)| covers(rule, tool, call)))
                {
                    found.push(Defeat {
                        file: source.shown.clone(),
                        setting,
                        rule: Some(text::clip(rule, text::QUOTE_LIMIT).into_owned()),
                    });
                }
            }
        }
        if let Some(source) = self.managed_only()
            && !RULES.iter().all(|rule| list_allows_managed(&self.found, rule))
        {
            found.push(Defeat { file: source.shown.clone(), setting: "allowManagedPermissionRulesOnly", rule: None });
        }
        found
    }

    fn managed_only(&self) -> Option<&Source> {
        let is_on = |source: &&Source| source.value.get("allowManagedPermissionRulesOnly") == Some(&Value::Bool(true));
        self.found.iter().filter(|source| source.holder == Holder::Managed).find(is_on)
    }

    /// Returns the file and the setting that turn the plugin's hooks off.
    pub(crate) fn hooks_off(&self) -> Option<(&str, &'static str)> {
        let off = self.found.iter().find_map(|source| {
            let on = |key: &str| source.value.get(key) == Some(&Value::Bool(true));
            let setting = match source.holder {
                _ if on("disableAllHooks") => "disableAllHooks",
                Holder::Managed if on("allowManagedHooksOnly") => "allowManagedHooksOnly",
                _ => return None,
            };
            Some((source.shown.as_str(), setting))
        });
        // The strongest file that names the plugin decides whether it is on.
        let named = self.found.iter().rev().find_map(|source| {
            let mut plugins = source.value.get("enabledPlugins")?.as_object()?.iter();
            let (_, on) = plugins.find(|(name, _)| name.split('@').next() == Some("wfo"))?;
            Some((source.shown.as_str(), on == &Value::Bool(false)))
        });
        off.or_else(|| named.filter(|(_, off)| *off).map(|(file, _)| (file, "enabledPlugins")))
    }
}

fn list_allows_managed(found: &[Source], rule: &str) -> bool {
    found.iter().any(|source| {
        source.holder == Holder::Managed && list(&source.value, "allow").any(|present| is_same(present, rule))
    })
}

fn list<'a>(settings: &'a Value, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    settings
        .get("permissions")
        .and_then(|permissions| permissions.get(key))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Says whether a rule allows all that ours does: the same, its older spelling, or the whole tool.
pub(super) fn is_same(present: &str, rule: &str) -> bool {
    let (tool, pattern) = parts(rule);
    let (other_tool, other) = parts(present);
    let plain =
        |pattern: &str| pattern.strip_suffix(":*").or_else(|| pattern.strip_suffix(" *")).unwrap_or(pattern).to_owned();
    tool == other_tool && (matches!(other, "" | "*") || plain(other) == plain(pattern))
}

/// Says whether a rule is about a call.
fn covers(rule: &str, tool: &str, call: &str) -> bool {
    let (other, pattern) = parts(rule);
    let prefix = pattern.strip_suffix(":*").is_some_and(|prefix| {
        call.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
    });
    other == tool && (pattern.is_empty() || prefix || matches(pattern.as_bytes(), call.as_bytes()))
}

/// Splits `Tool(pattern)`.
fn parts(rule: &str) -> (&str, &str) {
    let rule = rule.trim();
    match rule.split_once('(') {
        Some((tool, rest)) => (tool, rest.strip_suffix(')').unwrap_or(rest)),
        None => (rule, ""),
    }
}

/// Matches a pattern in which `*` stands for anything, in time linear in both for each star.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if Some(byte) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wider_or_older_rule_counts_as_ours() {
        for (present, rule, same) in [
            ("Bash(wfo-helper *)", RULES[1], true),
            ("Bash(wfo-helper:*)", RULES[1], true),
            ("Bash", RULES[1], true),
            ("Bash(*)", RULES[1], true),
            ("Bash(wfo-helper start-day)", RULES[1], false),
            ("Bash(wfo-helper)", RULES[1], true),
            ("Skill(wfo:*)", RULES[0], true),
            ("Skill", RULES[0], true),
            ("Skill(wfo:start-day)", RULES[0], false),
            ("Skill(other:*)", RULES[0], false),
            ("Bash(wfo:*)", RULES[0], false),
        ] {
            assert_eq!(is_same(present, rule), same, "{present} for {rule}");
        }
    }

    #[test]
    fn a_rule_that_catches_the_call_defeats() {
        for (rule, caught) in [
            ("Bash", true),
            ("Bash(*)", true),
            ("Bash(wfo-helper *)", true),
            ("Bash(wfo-helper:*)", true),
            ("Bash(wfo-*)", true),
            ("Bash(*start-day)", true),
            ("Bash(wfo-helper trust *)", false),
            ("Bash(wfo:*)", false),
            ("Bash(git *)", false),
            ("Skill", true),
            ("Skill(wfo:*)", true),
            ("Skill(wfo:start-day)", true),
            ("Skill(wfo:end-day)", false),
            ("Skill(other:*)", false),
            ("", false),
            ("Bash(", true),
        ] {
            assert_eq!(SAMPLES.iter().any(|(tool, call)| covers(rule, tool, call)), caught, "{rule}");
        }
        let hostile = format!("{}b", "*a".repeat(2_000));
        assert!(!matches(hostile.as_bytes(), "a".repeat(2_000).as_bytes()));
    }

    fn sources(rows: &[(Holder, Value)]) -> Sources {
        let source = |(holder, value): &(Holder, Value)| Source {
            holder: *holder,
            shown: format!("{holder:?}"),
            value: value.clone(),
        };
        Sources { found: rows.iter().map(source).collect(), unread: Vec::new() }
    }

    #[test]
    fn an_administrator_who_takes_only_own_rules_defeats_ours() {
        let ours = json!({"permissions": {"allow": RULES}});
        let both = sources(&[
            (Holder::User, ours.clone()),
            (Holder::Managed, json!({"allowManagedPermissionRulesOnly": true})),
        ]);
        assert!(both.allows(RULES[0], |_| true).is_none());
        assert_eq!(
            both.defeats().iter().map(|defeat| defeat.setting).collect::<Vec<_>>(),
            ["allowManagedPermissionRulesOnly"]
        );
        let granted = json!({"allowManagedPermissionRulesOnly": true, "permissions": {"allow": RULES}});
        let granted = sources(&[(Holder::Managed, granted)]);
        assert!(granted.allows(RULES[1], |_| true).is_some());
        assert_eq!(granted.defeats(), vec![]);
        // The same key in a user's file means nothing.
        let own = sources(&[(
            Holder::User,
            json!({"allowManagedPermissionRulesOnly": true, "permissions": {"allow": RULES}}),
        )]);
        assert!(own.allows(RULES[0], |_| true).is_some() && own.defeats().is_empty());
    }

    #[test]
    fn hooks_that_are_off_are_seen() {
        assert_eq!(
            sources(&[(Holder::Local, json!({"disableAllHooks": true}))]).hooks_off(),
            Some(("Local", "disableAllHooks"))
        );
        assert_eq!(sources(&[(Holder::User, json!({"allowManagedHooksOnly": true}))]).hooks_off(), None);
        assert_eq!(
            sources(&[(Holder::Managed, json!({"allowManagedHooksOnly": true}))]).hooks_off(),
            Some(("Managed", "allowManagedHooksOnly"))
        );
        let plugin = |on: bool| json!({"enabledPlugins": {"other@x": !on, "wfo@x": on}});
        let rows =
            |user: bool, project: bool| sources(&[(Holder::User, plugin(user)), (Holder::Project, plugin(project))]);
        assert_eq!(rows(true, false).hooks_off(), Some(("Project", "enabledPlugins")));
        assert_eq!(rows(false, true).hooks_off(), None);
    }
}
