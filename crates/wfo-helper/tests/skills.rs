//! The skills as hosts load them: names, lengths, portable front matter, pages that exist, and no phrase that two skills claim.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

mod support;

use std::path::PathBuf;

use support::{repository, text_of};

/// Keys that every host takes; `allowed-tools` and `hooks` would grant what a person should grant.
const KEYS: [&str; 5] = ["name", "description", "license", "compatibility", "metadata"];

/// What people say, and the skill that answers: its description names the phrase once it exists, and no other ever does.
const PHRASES: [(&str, &str); 36] = [
    ("start day", "start-day"),
    ("begin session", "start-day"),
    ("what's the status", "start-day"),
    ("end day", "end-day"),
    ("wrap up", "end-day"),
    ("done for today", "end-day"),
    ("hand over", "end-day"),
    ("security check", "security-gate"),
    ("run the gates", "security-gate"),
    ("can we ship", "security-gate"),
    ("safe to commit", "security-gate"),
    ("scan for secrets", "security-gate"),
    ("next step", "next-step"),
    ("what's next", "next-step"),
    ("which phase", "next-step"),
    ("new feature", "build-feature"),
    ("build", "build-feature"),
    ("implement", "build-feature"),
    ("debug", "debug"),
    ("investigate", "debug"),
    ("why is this broken", "debug"),
    ("research", "research"),
    ("evaluate", "research"),
    ("should we use", "research"),
    ("work in parallel", "parallel-work"),
    ("spin up worktrees", "parallel-work"),
    ("which worktrees", "parallel-work"),
    ("merge the worktrees", "parallel-work"),
    ("clean up worktrees", "parallel-work"),
    ("which port", "parallel-work"),
    ("what did this cost", "costs"),
    ("how much did we spend", "costs"),
    ("over budget", "costs"),
    ("cost report", "costs"),
    ("cost dashboard", "costs"),
    ("return on investment", "costs"),
];

/// One `skills/<name>/SKILL.md`.
struct Skill {
    folder: String,
    front: serde_yaml::Mapping,
    body: String,
}

impl Skill {
    fn text(&self, key: &str) -> &str {
        self.front.get(key).and_then(|value| value.as_str()).unwrap_or_default()
    }
}

fn skills() -> Vec<Skill> {
    let folder = repository().join("skills");
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("skills/").flatten().map(|entry| entry.path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found.iter().map(|path| skill(path)).collect()
}

fn skill(path: &std::path::Path) -> Skill {
    let folder = path.file_name().expect("a name").to_string_lossy().into_owned();
    let text = text_of(&path.join("SKILL.md"));
    let rest = text.strip_prefix("---\n").unwrap_or_else(|| panic!("{folder}: the first line is not `---`"));
    let (front, body) =
        rest.split_once("\n---\n").unwrap_or_else(|| panic!("{folder}: the front matter is not closed"));
    let front = serde_yaml::from_str(front).unwrap_or_else(|error| panic!("{folder}: {error}"));
    Skill { folder, front, body: body.to_owned() }
}

#[test]
fn the_front_matter_is_portable_and_the_name_is_the_folder() {
    for skill in skills() {
        let folder = &skill.folder;
        for key in skill.front.keys() {
            let key = key.as_str().unwrap_or("?");
            assert!(KEYS.contains(&key), "{folder}: `{key}` is not taken by every host");
        }
        assert_eq!(skill.text("name"), folder);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(folder.len() <= 64 && folder.chars().all(plain), "{folder}: a-z, 0-9 and - only");
        assert!(!folder.contains("--") && !folder.starts_with('-') && !folder.ends_with('-'), "{folder}");
    }
}

#[test]
fn the_description_says_when_and_is_short() {
    for skill in skills() {
        let (folder, description) = (&skill.folder, skill.text("description"));
        assert!(description.starts_with("Use when "), "{folder}: a description says when, not how");
        let length = description.chars().count();
        assert!(length <= 250, "{folder}: {length} characters");
        assert!(
            !description.contains('\n') && !description.contains("wfo-helper"),
            "{folder}: no steps in a description"
        );
    }
}

#[test]
fn the_body_is_short_and_runs_nothing_by_being_loaded() {
    for skill in skills() {
        let (folder, lines) = (&skill.folder, skill.body.lines().count());
        assert!((5..150).contains(&lines), "{folder}: {lines} lines");
        assert!(
            !skill.body.contains("!`"),
            "{folder}: an injected command that fails keeps the whole skill from loading"
        );
        for personal in ["home", "Users", "root"].map(|name| format!("/{name}/")) {
            assert!(!skill.body.contains(&personal), "{folder}: `{personal}` is somebody's own folder");
        }
        assert!(skill.body.contains("## Exit codes"), "{folder}: say what to do on each exit code");
    }
}

#[test]
fn every_page_that_a_skill_opens_exists() {
    let mut all = 0;
    for skill in skills() {
        for rest in skill.body.split("wfo-helper ref ").skip(1) {
            let topic: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            assert!(
                repository().join(format!("reference/{topic}.md")).is_file(),
                "{}: no page `{topic}`",
                skill.folder
            );
            all += 1;
        }
    }
    assert!(all > 0, "no skill opens a page: is the search broken?");
}

/// The skills that a text names, as "skill `NAME`".
fn named(text: &str) -> Vec<&str> {
    text.split("skill `").skip(1).filter_map(|rest| rest.split('`').next()).collect()
}

#[test]
fn every_skill_that_a_skill_or_a_step_names_exists_and_the_day_leads_to_the_work() {
    let skills = skills();
    let there = |name: &str| skills.iter().any(|skill| skill.folder == name);
    for skill in &skills {
        for name in named(&skill.body) {
            assert!(there(name), "{} leads to `{name}`, which is not there", skill.folder);
        }
    }
    let day = skills.iter().find(|skill| skill.folder == "start-day").expect("start-day");
    assert_eq!(named(&day.body), ["next-step", "build-feature"]);
    let phases = text_of(&repository().join("reference/data/phases.yaml"));
    let lists: Vec<&str> = phases.split("skills: [").skip(1).filter_map(|rest| rest.split(']').next()).collect();
    assert!(lists.len() > 40, "{} steps name skills", lists.len());
    for name in lists.iter().flat_map(|list| list.split(", ")) {
        assert!(there(name), "a step of phases.yaml names `{name}`, which is not there");
    }
}

/// Says whether a text holds a phrase as whole words, without case.
fn says(text: &str, phrase: &str) -> bool {
    let (text, edge) = (text.to_lowercase(), |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric()));
    text.match_indices(phrase)
        .any(|(at, found)| edge(text[..at].chars().next_back()) && edge(text[at + found.len()..].chars().next()))
}

/// Says who claims a phrase against the table; `None` = all is well.
fn dispute(skills: &[(&str, &str)], phrase: &str, owner: &str) -> Option<String> {
    let claims: Vec<&str> = skills.iter().filter(|(_, text)| says(text, phrase)).map(|(name, _)| *name).collect();
    let exists = skills.iter().any(|(name, _)| *name == owner);
    let right = if exists { vec![owner] } else { Vec::new() };
    (claims != right).then(|| format!("\"{phrase}\" belongs to {right:?}, but stands in {claims:?}"))
}

#[test]
fn each_phrase_stands_in_exactly_one_description() {
    let skills = skills();
    let described: Vec<(&str, &str)> =
        skills.iter().map(|skill| (skill.folder.as_str(), skill.text("description"))).collect();
    let wrong: Vec<String> = PHRASES.iter().filter_map(|(phrase, owner)| dispute(&described, phrase, owner)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_phrase_without_or_with_two_owners_is_a_dispute() {
    let two = [("a", "Use when \"wrap up\""), ("b", "Use when rebuilding. Wrap up!")];
    assert!(dispute(&two, "wrap up", "a").is_some());
    assert!(dispute(&two[..1], "wrap up", "b").is_some());
    assert!(dispute(&two[..1], "start day", "a").is_some());
    assert!(dispute(&two[..1], "wrap up", "a").is_none());
    assert!(dispute(&two, "build", "c").is_none(), "only whole words count");
}
