//! The reference pages against the built program: it shows them all, and what they list is what it knows.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

mod support;

use std::collections::BTreeMap;

use support::{Sandbox, repository, text_of};

/// Returns the rows of the tables of a page whose first cell is code: that code, and the other cells.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{0}");
        line.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
    };
    let lines = page.lines().filter(|line| line.starts_with("| `")).map(cells);
    lines
        .filter_map(|cells| {
            let (first, rest) = cells.split_first()?;
            let name = first.strip_prefix('`')?.strip_suffix('`')?;
            Some((name.to_owned(), rest.to_vec()))
        })
        .collect()
}

fn page(topic: &str) -> String {
    text_of(&repository().join(format!("reference/{topic}.md")))
}

/// Returns the topics of the files below `reference/`.
fn topics() -> Vec<String> {
    let folder = std::fs::read_dir(repository().join("reference")).expect("reference/");
    let names = folder.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut topics: Vec<String> = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned)).collect();
    topics.sort();
    topics
}

#[test]
fn every_page_is_listed_and_shown_as_it_is() {
    let sandbox = Sandbox::new();
    let answer = sandbox.helper(&["ref", "--json"]).json();
    let listed = answer["data"]["topics"].as_array().expect("topics");
    let names: Vec<&str> = listed.iter().filter_map(|row| row["topic"].as_str()).collect();
    assert_eq!(names, topics(), "a page is listed in `commands/reference.rs`");
    for row in listed {
        let topic = row["topic"].as_str().expect("a topic");
        let shown = sandbox.helper(&["ref", topic, "--format", "markdown"]);
        assert_eq!((shown.status, &shown.stdout), (Some(0), &page(topic)), "{topic}");
    }
}

#[test]
fn every_page_begins_with_its_name_and_says_when_to_open_it() {
    let answer = Sandbox::new().helper(&["ref", "--json"]).json();
    for topic in topics() {
        let page = page(&topic);
        let lines: Vec<&str> = page.lines().collect();
        let title = lines.first().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        assert_eq!(title.to_lowercase().replace(' ', "-"), topic, "the title is the topic");
        assert_eq!(lines.get(1), Some(&""), "{topic}: an empty line below the title");
        let about = lines.get(2).copied().unwrap_or_default();
        assert!(about.starts_with("Open this ") && about.ends_with('.') && about.len() > 40, "{topic}: {about}");
        assert!(!about.contains(&format!("know about {topic}")), "{topic} is a placeholder still");
        let row =
            answer["data"]["topics"].as_array().and_then(|rows| rows.iter().find(|row| row["topic"] == topic.as_str()));
        assert_eq!(row.map(|row| row["about"].as_str()), Some(Some(about)), "{topic}");
    }
}

#[test]
fn the_error_page_has_exactly_the_codes_there_are() {
    let known: BTreeMap<&str, String> =
        wfo_base::codes::ALL.iter().map(|code| (code.id, code.exit.status().to_string())).collect();
    let rows: Vec<_> = rows(&page("errors")).into_iter().filter(|(name, _)| name.contains('.')).collect();
    let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    let missing: Vec<String> = known
        .iter()
        .filter(|(name, _)| !names.contains(name))
        .map(|(name, exit)| format!("| `{name}` | {exit} | what it means | what to do |"))
        .collect();
    assert!(missing.is_empty(), "reference/errors.md lacks these rows:\n{}", missing.join("\n"));
    for (name, cells) in &rows {
        let exit = known.get(name.as_str()).unwrap_or_else(|| panic!("reference/errors.md: no such code `{name}`"));
        let [shown, meaning, advice] = cells.as_slice() else { panic!("`{name}` needs four cells: {cells:?}") };
        assert_eq!(shown, exit, "`{name}`: the exit status");
        assert!(meaning.len() > 10 && advice.len() > 10 && meaning != "what it means", "`{name}` is not explained");
    }
    assert!(names.is_sorted_by(|a, b| a < b), "the rows are sorted, each once");
}

#[test]
fn the_config_page_has_exactly_the_settings_there_are() {
    let answer = Sandbox::new().helper(&["config", "show", "--json"]).json();
    let settings = answer["data"]["settings"].as_array().expect("settings");
    let known: Vec<(String, String, String)> = settings
        .iter()
        .map(|row| {
            let default = row["value"].as_str().map_or("-".to_owned(), |value| format!("`{value}`"));
            (
                row["key"].as_str().unwrap_or_default().to_owned(),
                default,
                row["about"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let environment = ["CLAUDE_CONFIG_DIR", "TZ", "NO_COLOR", "WFO_NOW", "WFO_HELPER", "WFO_LAUNCHER"];
    let rows = rows(&page("config")).into_iter().filter(|(name, _)| !environment.contains(&name.as_str()));
    let listed: Vec<(String, String, String)> =
        rows.map(|(name, cells)| (name, cells[0].clone(), cells[3].clone())).collect();
    assert_eq!(listed, known, "reference/config.md against `wfo-helper config show`: setting, default, what it is for");
}

#[test]
fn the_queue_rules_of_the_page_are_those_of_the_table() {
    let table: serde_yaml::Value =
        serde_yaml::from_str(&text_of(&repository().join("reference/data/queue.yaml"))).expect("YAML");
    let number = |value: Option<&serde_yaml::Value>| {
        value.and_then(serde_yaml::Value::as_u64).map(|n| n.to_string()).unwrap_or_default()
    };
    let known: BTreeMap<String, (String, String)> = table["rows"]
        .as_sequence()
        .expect("rows")
        .iter()
        .map(|row| {
            (row["id"].as_str().unwrap_or_default().to_owned(), (number(row.get("points")), number(row.get("cap"))))
        })
        .collect();
    let page = page("start-day");
    let section =
        page.split("## The priority queue").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the section");
    let listed: BTreeMap<String, (String, String)> =
        rows(section).into_iter().map(|(name, cells)| (name, (cells[0].clone(), cells[1].clone()))).collect();
    assert_eq!(listed, known, "reference/start-day.md against reference/data/queue.yaml: points, at most");
}

#[test]
fn the_tables_of_the_page_are_those_that_are_checked() {
    let answer = Sandbox::new().helper(&["data", "check", "--json"]).json();
    let tables = answer["data"]["tables"].as_array().expect("tables");
    let known: Vec<&str> = tables.iter().filter_map(|row| row["table"].as_str()).collect();
    let rows = rows(&page("tables"));
    let listed: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(listed, known, "reference/tables.md against `wfo-helper data check`");
}

#[test]
fn every_field_of_the_page_is_in_the_schema_and_the_other_way_round() {
    let schema = Sandbox::new().helper(&["schema", "start-day"]).json();
    let page = page("start-day");
    let section =
        page.split("## Fields of `data`").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the section");
    let words: Vec<&str> = section.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut missing = Vec::new();
    for view in schema["$defs"].as_object().expect("definitions").values().chain([&schema]) {
        let Some(fields) = view["properties"].as_object() else { continue };
        missing.extend(fields.keys().filter(|key| !words.contains(&key.as_str()) && !ENVELOPE.contains(&key.as_str())));
    }
    missing.retain(|key| !key.ends_with("_more"));
    assert!(missing.is_empty(), "reference/start-day.md, fields: {missing:?} are not named");
    for (row, _) in rows(section) {
        let first = row.split(['.', '[', '`']).next().unwrap_or_default().to_owned();
        let known = schema["$defs"].as_object().expect("definitions").values();
        assert!(known.into_iter().any(|view| view["properties"].get(&first).is_some()), "there is no field `{first}`");
    }
}

/// Keys of the envelope and of diagnostics, which `reference/cli.md` explains.
const ENVELOPE: [&str; 11] =
    ["schema", "ok", "data", "diagnostics", "next", "severity", "code", "message", "hint", "where", "column"];

#[test]
fn rows_are_read_with_their_bars() {
    let page = "| code | x |\n|---|---|\n| `a.b` | 1 \\| 2 | z |\n| plain | 1 |\n";
    assert_eq!(rows(page), vec![("a.b".to_owned(), vec!["1 | 2".to_owned(), "z".to_owned()])]);
}
