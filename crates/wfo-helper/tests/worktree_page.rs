//! The page about worktrees against the built program: its console blocks are what a shell prints in the repository that the page
//! describes, its task files mean the same, and its fields are those of the schemas.
//!
//! `WFO_WRITE_DOCS=1` (that is `scripts/gen`) writes the console blocks anew. Written in one way: HOME as `~`, the ids of proposals
//! as `ID`, and the ports of this run's own pool as if it began at 8100.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::{Value, json};
use support::{Call, Sandbox, binary, repository, text_of};

/// The first port on the page.
const SHOWN: u16 = 8100;
/// How many ports this run's pool has.
const POOL: u16 = 100;

fn path() -> PathBuf {
    repository().join("reference/worktree.md")
}

/// Returns a section of the page, without its heading.
fn section(page: &str, heading: &str) -> String {
    let start = format!("\n{heading}\n");
    let rest = page.split(&start).nth(1).unwrap_or_else(|| panic!("no section `{heading}`"));
    let same = format!("\n{} ", heading.split(' ').next().expect("a mark"));
    rest.split(&same).next().unwrap_or_default().to_owned()
}

/// Returns the fenced blocks of one kind.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let fence = format!("```{kind}\n");
    let inside = |rest: &str| rest.split_once("```\n").map(|(block, _)| block.to_owned());
    text.split(&fence).skip(1).filter_map(inside).collect()
}

/// The repository that the page describes, and what its shell has seen.
struct Shell {
    sandbox: Sandbox,
    folder: PathBuf,
    first: u16,
    id: String,
}

impl Shell {
    fn new(plan: &str) -> Self {
        let sandbox = Sandbox::new();
        let first = free_pool();
        let rows = format!(
            "rows:\n  - {{id: pool_start, value: {first}}}\n  - {{id: pool_end, value: {}}}\n",
            first + POOL - 1
        );
        sandbox.write("config/wfo/data/worktrees.yaml", &rows);
        // The clock of leases stands still only where nobody can be asked.
        sandbox.write("config/wfo/config.yaml", "confirm: {unattended: true}\n");
        let folder = sandbox.at("home/src/shop");
        for (name, text) in [
            (".gitignore", ".env\n"),
            (".env", "PORT=3000\nTOKEN=secret\n"),
            ("plan.md", plan),
            ("src/cart.rs", "pub fn total() {}\n"),
        ] {
            sandbox.write(&format!("home/src/shop/{name}"), text);
        }
        sandbox.program("bin/wfo-helper", &format!("#!/bin/sh\nexec '{}' \"$@\" --format text\n", binary().display()));
        let mut shell = Self { sandbox, folder, first, id: String::new() };
        shell.run("git init -q -b main && git add -A && git commit -qm 'shop: first page'");
        shell
    }

    /// Runs a line as the page has it and returns what it prints, as the page shows it.
    fn run(&mut self, line: &str) -> String {
        let line = line.replace("--confirm ID", &format!("--confirm {}", self.id));
        let paths = format!("{}:{}", self.sandbox.at("bin").display(), std::env::var("PATH").unwrap_or_default());
        let done = Call::new("sh")
            .args(["-c", &format!("exec 2>&1; {line}")])
            .folder(&self.folder)
            .env("PATH", paths)
            .run(&self.sandbox);
        if let Some((_, rest)) = done.stdout.split_once("`--confirm ") {
            self.id = rest.split('`').next().unwrap_or_default().to_owned();
        }
        self.plain(&done.stdout)
    }

    fn plain(&self, output: &str) -> String {
        let mut output = output.replace(&*self.sandbox.at("home").to_string_lossy(), "~");
        if !self.id.is_empty() {
            output = output.replace(&self.id, "ID");
        }
        // The clock stands still here, which every answer says; the reader's does not.
        let kept = |line: &&str| !line.contains("clock.fixed") && !line.contains("unset WFO_NOW");
        output.lines().filter(kept).map(|line| self.with_ports(line).trim_end().to_owned() + "\n").collect()
    }

    /// Writes the ports of this run's pool as those of the page; digits inside a longer word are none.
    fn with_ports(&self, line: &str) -> String {
        let parts = line.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
        let shown = |part: &str| {
            let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let place = word.parse::<u16>().ok()?.checked_sub(self.first).filter(|place| *place < POOL)?;
            Some(format!("{}{}", SHOWN + place, &part[word.len()..]))
        };
        parts.map(|part| shown(part).unwrap_or_else(|| part.to_owned())).collect()
    }

    /// Plays a console block: each `$ ` line, followed by what it prints.
    fn play(&mut self, block: &str) -> String {
        let lines = block.lines().filter_map(|line| line.strip_prefix("$ "));
        lines.map(|line| format!("$ {line}\n{}", self.run(line))).collect()
    }
}

/// Finds a pool that nobody uses, so that tests beside this one do not move its ports; of four digits, as on the page, for the
/// columns of tables.
fn free_pool() -> u16 {
    let start = 3_000 + u16::try_from(std::process::id() % 40).expect("a small number") * POOL;
    let is_free = |first: &u16| (*first..*first + 12).all(|port| TcpListener::bind(("0.0.0.0", port)).is_ok());
    (start..8_000).step_by(usize::from(POOL)).find(is_free).expect("a free pool")
}

fn walk(page: &str) -> String {
    section(page, "## A walk through")
}

#[test]
fn the_walk_through_prints_what_the_page_shows() {
    let page = text_of(&path());
    let walk = walk(&page);
    let mut shell = Shell::new(&blocks(&walk, "markdown").concat());
    let mut wanted = page.clone();
    let played = blocks(&walk, "console");
    assert!(played.len() >= 3, "the walk through is gone");
    for block in played {
        let now = shell.play(&block);
        wanted = wanted.replacen(&format!("```console\n{block}```"), &format!("```console\n{now}```"), 1);
    }
    if wanted == page {
        return;
    }
    if std::env::var_os("WFO_WRITE_DOCS").is_some() {
        wfo_base::atomic::write(&path(), wanted.as_bytes()).expect("a page that can be written");
    } else {
        let now = blocks(&self::walk(&wanted), "console").concat();
        panic!("reference/worktree.md does not show what the program prints now: run `scripts/gen`\n{now}");
    }
}

#[test]
fn the_walk_through_shows_every_command() {
    let walk = walk(&text_of(&path()));
    for name in commands() {
        let line = format!("$ wfo-helper {}", name.replace('-', " "));
        assert!(walk.contains(&line), "the walk through lacks `{line}`");
    }
}

#[test]
fn the_task_files_of_the_page_mean_the_same_plan() {
    let page = text_of(&path());
    let section = section(&page, "## Task files");
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "begin"]);
    let plan = |name: &str, kind: &str| -> Value {
        let [block] = blocks(&section, kind).try_into().expect("one sample of each kind");
        let text: String = block;
        sandbox.write(&format!("project/{name}"), &text);
        sandbox.helper(&["worktree", "plan", "--tasks", name, "--json"]).json()["data"].take()
    };
    let markdown = plan("plan.md", "markdown");
    let tasks: Vec<_> = markdown["groups"].as_array().expect("groups").iter().map(|group| &group["tasks"]).collect();
    assert_eq!(json!(tasks), json!([["impl_1"], ["impl_2"]]));
    assert_eq!((&markdown["estimate_hours"], &markdown["waiting"]), (&json!(3.5), &json!([])));
    assert_eq!(plan("tasks.yaml", "yaml"), markdown);
    assert_eq!(plan("tasks.json", "json"), markdown);
}

/// Lists the schemas of `worktree` and `port`.
fn commands() -> Vec<String> {
    let listed = Sandbox::new().helper(&["schema", "--json"]).stdout;
    let words = listed.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let mut names: Vec<String> =
        words.filter(|word| word.starts_with("worktree-") || word.starts_with("port-")).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 12, "{names:?}");
    names
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

#[test]
fn every_field_of_an_answer_is_on_the_page_and_the_other_way_round() {
    let sandbox = Sandbox::new();
    let page = section(&text_of(&path()), "## Fields of `data`");
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
    };
    let every = words(page.split("\n### ").next().expect("what holds for all"));
    for name in commands() {
        let heading = format!("### `{}`", name.replace('-', " "));
        let own = section(&page, &heading);
        let mut known = [words(&own), every.clone()].concat();
        if name == "worktree-status" {
            known.extend(words(&section(&page, "### `worktree list`")));
        }
        let there = fields(&sandbox.helper(&["schema", &name]).json());
        let missing: Vec<_> = there.iter().filter(|field| !known.contains(field)).collect();
        assert!(missing.is_empty(), "{heading}: {missing:?} are not named");
        let rows = own.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
        for quoted in rows.flat_map(|(first, _)| first.split('`').map(str::to_owned).collect::<Vec<_>>()) {
            let parts = quoted.split(['.', '[', ']']).filter(|part| part.chars().any(char::is_alphabetic));
            let unknown: Vec<_> = parts.filter(|part| !there.iter().any(|field| field == part)).collect();
            assert!(unknown.is_empty(), "{heading}: there is no {unknown:?}");
        }
    }
}
