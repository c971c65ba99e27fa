//! The page about costs against the built program: its console blocks are what a shell prints in the repository that the page
//! describes, in their order; its fields are those of the schemas; every code of the domain has its advice there.
//!
//! `WFO_WRITE_DOCS=1` (that is `scripts/gen`) writes the console blocks anew.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

#[path = "support/page.rs"]
mod page;
mod support;

use page::{Page, blocks, section};
use serde_json::{Value, json};
use support::{Call, Sandbox, binary, repository, text_of};

/// The commands whose fields the page explains.
const COMMANDS: [&str; 10] = ["import", "add", "today", "week", "month", "day", "feature", "report", "budget", "roi"];

/// The sections with a sample file, and its name in the examples.
const SAMPLES: [(&str, &str); 2] = [("## Estimate a feature", "plan.yaml"), ("## Project an option", "options.yaml")];

/// Returns the one sample file of a section.
fn sample(page: &str, heading: &str) -> String {
    let [sample] = blocks(&section(page, heading), "yaml").try_into().expect("one sample in each section");
    sample
}

/// The repository that the page describes.
struct Shell {
    sandbox: Sandbox,
}

/// A response: day and time, session, branch, model, skill, and tokens: input, output, cache read, written for 5 minutes.
type Told = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, [u64; 4]);

const SONNET: &str = "claude-sonnet-5-5";
const OPUS: &str = "claude-opus-5-5";

/// What the transcripts of the page tell; amounts are of a size that days of work have.
const TOLD: [Told; 8] = [
    ("2026-11-17T10:12:00.000Z", "3f1c8a52", "main", SONNET, None, [40_000, 90_000, 6_000_000, 400_000]),
    ("2026-11-18T14:30:00.000Z", "3f1c8a52", "feature/cart", OPUS, None, [20_000, 60_000, 3_000_000, 250_000]),
    (
        "2026-11-19T09:05:00.000Z",
        "91d07b3e",
        "feature/cart",
        SONNET,
        Some("wfo:debug"),
        [52_000, 120_000, 9_000_000, 600_000],
    ),
    ("2026-11-20T16:40:00.000Z", "91d07b3e", "feature/cart", SONNET, None, [30_000, 75_000, 4_000_000, 300_000]),
    (
        "2026-11-20T17:20:00.000Z",
        "c52e66f0",
        "fix/login",
        SONNET,
        Some("wfo:debug"),
        [18_000, 40_000, 2_000_000, 200_000],
    ),
    (
        "2026-11-21T07:15:00.000Z",
        "c52e66f0",
        "fix/login",
        OPUS,
        Some("wfo:debug"),
        [15_000, 48_000, 2_500_000, 180_000],
    ),
    ("2026-11-21T08:02:00.000Z", "e0b94d17", "feature/cart", SONNET, None, [22_000, 50_000, 3_500_000, 260_000]),
    ("2026-11-21T08:40:00.000Z", "e0b94d17", "feature/cart", "claude-haiku-5-5", None, [90_000, 20_000, 0, 0]),
];

impl Shell {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let folder = sandbox.at("home/src/shop");
        let (mut text, mut session) = (String::new(), "");
        for (number, (at, name, branch, model, skill, [input, output, read, written])) in TOLD.into_iter().enumerate() {
            if name != session {
                (text, session) = (String::new(), name);
            }
            let line = json!({
                "type": "assistant", "timestamp": at, "sessionId": name, "cwd": folder, "gitBranch": branch,
                "requestId": format!("req_{number}"), "attributionSkill": skill,
                "message": {"id": format!("msg_{number}"), "role": "assistant", "model": model, "usage": {
                    "input_tokens": input, "output_tokens": output, "cache_read_input_tokens": read,
                    "cache_creation_input_tokens": written, "service_tier": "standard"}},
            });
            // Every answer stands there twice, as a streamed one does.
            text += &format!("{line}\n{line}\n");
            sandbox.write(&format!("config/projects/-src-shop/{name}.jsonl"), &text);
        }
        sandbox.write("home/src/shop/README.md", "A shop.\n");
        sandbox.program("bin/wfo-helper", &format!("#!/bin/sh\nexec '{}' \"$@\" --format text\n", binary().display()));
        let text = text_of(&repository().join("reference/costs.md"));
        for (heading, name) in SAMPLES {
            sandbox.write(&format!("home/src/shop/{name}"), &sample(&text, heading));
        }
        let shell = Self { sandbox };
        shell.run("git init -q -b main && git add -A && git commit -qm 'shop: first page'");
        shell
    }

    /// Runs a line as the page has it and returns what it prints, as the page shows it.
    fn run(&self, line: &str) -> String {
        let paths = format!("{}:{}", self.sandbox.at("bin").display(), std::env::var("PATH").unwrap_or_default());
        let done = Call::new("sh")
            .args(["-c", &format!("exec 2>&1; {line}")])
            .folder(&self.sandbox.at("home/src/shop"))
            .env("PATH", paths)
            .run(&self.sandbox);
        let output = done.stdout.replace(&*self.sandbox.at("home").to_string_lossy(), "~");
        // The clock stands still here, which every answer says; the reader's does not.
        let kept = |line: &&str| !line.contains("clock.fixed") && !line.contains("unset WFO_NOW");
        output.lines().filter(kept).map(|line| line.trim_end().to_owned() + "\n").collect()
    }
}

#[test]
fn the_console_blocks_are_what_the_program_prints() {
    let shell = Shell::new();
    Page::read("costs").play(6, |line| shell.run(line));
}

/// Collects the names of all fields of a schema's answer.
fn fields(schema: &Value) -> Vec<String> {
    let views = schema["$defs"].as_object().expect("definitions");
    // What every answer has is explained by `reference/cli.md`.
    let own =
        views.iter().filter(|(name, _)| !["DiagnosticView", "SeverityView", "PlaceView"].contains(&name.as_str()));
    let named = own.filter_map(|(_, view)| view["properties"].as_object()).flat_map(|fields| fields.keys());
    named.filter(|name| !name.ends_with("_more")).cloned().collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
}

#[test]
fn every_field_of_an_answer_is_on_the_page_and_the_other_way_round() {
    let sandbox = Sandbox::new();
    let page = Page::read("costs").section("## Fields of `data`");
    // The fields of a period are those of today, week, month and day, and of what holds such a period.
    let period = section(&page, "### `cost today`, `cost week`, `cost month`, `cost day`");
    let is_period = |command: &str| ["today", "week", "month", "day"].contains(&command);
    for command in COMMANDS {
        let schema = sandbox.helper(&["schema", &format!("cost-{command}")]).json();
        let there = fields(&schema);
        let own = if is_period(command) { period.clone() } else { section(&page, &format!("### `cost {command}`")) };
        let common = page.split("\n### ").next().expect("what holds for all");
        let known = [words(&own), words(&period), words(common)].concat();
        let missing: Vec<_> = there.iter().filter(|field| !known.contains(field)).collect();
        assert!(missing.is_empty(), "cost {command}: {missing:?} are not named");
        let rows = own.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
        for quoted in rows.flat_map(|(first, _)| first.split('`').map(str::to_owned).collect::<Vec<_>>()) {
            let parts = quoted.split(['.', '[', ']']).filter(|part| part.chars().any(char::is_alphabetic));
            let unknown: Vec<_> = parts.filter(|part| !there.iter().any(|field| field == part)).collect();
            assert!(unknown.is_empty(), "cost {command}: there is no {unknown:?}");
        }
    }
}

#[test]
fn every_code_of_the_domain_has_its_advice() {
    let page = Page::read("costs").section("## When something is odd");
    let missing: Vec<&str> = wfo_base::codes::ALL
        .iter()
        .map(|code| code.id)
        .filter(|id| id.starts_with("cost.") && !page.contains(&format!("`{id}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_samples_of_the_page_give_a_whole_answer() {
    let sandbox = Sandbox::new();
    let text = text_of(&repository().join("reference/costs.md"));
    for (heading, name) in SAMPLES {
        sandbox.write(&format!("project/{name}"), &sample(&text, heading));
    }
    let plan = sandbox.helper(&["cost", "estimate", "--plan", "plan.yaml", "--json"]);
    assert_eq!((plan.data()["total_usd"].to_string().as_str(), plan.codes()), ("75.82", vec![]));
    let options = sandbox.helper(&["cost", "project", "--options", "options.yaml", "--json"]);
    let first = &options.data()["options"][0]["scales"][0]["total_usd"];
    assert_eq!((first.to_string().as_str(), options.codes()), ("0.884", vec![]));
}
