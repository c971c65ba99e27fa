//! The examples of the documents against the built program: a block after `<!-- example: WORDS -->` is what
//! `wfo-helper WORDS` prints in the demo repository below. `WFO_WRITE_DOCS=1` (that is `scripts/gen`) writes the blocks anew.
//!
//! The fence's word is the format: `text`, `markdown` or `json`. Clock, zone, identities and dates are fixed. What differs from
//! machine to machine is written in one way: HOME as `~`, free memory and cores as those of [`MACHINE`], the next port as [`PORT`],
//! new ones as [`PAIR`].
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

mod support;

use std::path::{Path, PathBuf};

use support::{Call, Done, Sandbox, binary, repository, text_of};

/// The documents that hold examples.
const DOCUMENTS: [&str; 1] = ["README.md"];
/// The machine of the examples.
const MACHINE: &str = "Memory: 9.5 GB free, 8 cores";
/// The next free port of the examples: the first pair is leased.
const PORT: &str = "8102 next";
/// The report of an auditor that found nothing.
const AUDIT: &str = "crates/wfo-gate/tests/fixtures/cargo-audit/clean.json";
/// The ports that the examples would lease.
const PAIR: &str = "  ports    8102, 8103";

/// A shop with a hand-over, a task list, a workflow, a worktree and some spending.
struct Demo {
    sandbox: Sandbox,
}

impl Demo {
    fn new() -> Self {
        let demo = Self { sandbox: Sandbox::new() };
        // The clock of worktrees and leases stands still only where nobody can be asked.
        demo.sandbox.write("config/wfo/config.yaml", "confirm: {unattended: true}\n");
        demo.write("README.md", "A shop.\n");
        demo.write(".gitignore", "target/\n/costs/\n.env\n");
        demo.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.4.0\"\n");
        demo.write("Cargo.lock", "version = 4\n");
        demo.git("2026-11-18T09:30:00Z", &["init", "-q", "-b", "main"]);
        demo.commit("2026-11-18T09:30:00Z", "shop: first page");
        demo.git("2026-11-18T09:31:00Z", &["tag", "v1.4.0"]);
        demo.with_origin();
        demo.with_worktree();
        demo.write("src/cart.rs", "pub fn total() {}\n");
        demo.commit("2026-11-20T16:20:00Z", "cart: totals in cents");
        demo.with_pages();
        demo.commit("2026-11-20T17:05:00Z", "hand-over of Friday");
        demo.write("src/cart.rs", "pub fn total() -> u64 { 0 }\n");
        demo.write("notes.txt", "ask about VAT\n");
        demo.write(".env", "PORT=3000\n");
        demo
    }

    fn root(&self) -> PathBuf {
        self.sandbox.at("home/src/shop")
    }

    fn write(&self, relative: &str, text: &str) {
        self.sandbox.write(&format!("home/src/shop/{relative}"), text);
    }

    fn git(&self, date: &str, arguments: &[&str]) {
        let done = Call::new("git")
            .args(arguments)
            .folder(&self.root())
            .env("GIT_AUTHOR_DATE", date)
            .env("GIT_COMMITTER_DATE", date)
            .run(&self.sandbox);
        assert_eq!(done.status, Some(0), "git {arguments:?}: {}", done.stderr);
    }

    fn commit(&self, date: &str, subject: &str) {
        self.git(date, &["add", "-A"]);
        self.git(date, &["commit", "-q", "-m", subject]);
    }

    fn with_origin(&self) {
        let origin = self.sandbox.at("home/origin.git").to_string_lossy().into_owned();
        let date = "2026-11-18T09:32:00Z";
        self.git(date, &["clone", "-q", "--bare", ".", &origin]);
        self.git(date, &["remote", "add", "origin", &origin]);
        self.git(date, &["fetch", "-q", "origin"]);
        self.git(date, &["branch", "-q", "-u", "origin/main"]);
    }

    /// A worktree with leased ports: the login bug.
    fn with_worktree(&self) {
        let date = "2026-11-19T10:00:00Z";
        let path = self.sandbox.at("home/tmp/worktrees/shop/fix-login").to_string_lossy().into_owned();
        self.git(date, &["worktree", "add", "-q", "-b", "fix/login", &path]);
        self.sandbox.write("home/tmp/worktrees/shop/fix-login/src/login.rs", "pub fn login() {}\n");
        for arguments in [["add", "-A"].as_slice(), &["commit", "-q", "-m", "login: guard the redirect"]] {
            self.git(date, &[["-C", path.as_str()].as_slice(), arguments].concat());
        }
        let row = serde_json::json!({
            "id": "6f1f6f0e-6f3c-4c64-9d0c-2f5d8f9a1b11", "project": "shop", "repoPath": self.root(), "branch": "fix/login",
            "branchSlug": "fix-login", "worktreePath": path, "ports": [8100, 8101], "createdAt": "2026-11-19T09:55:00Z",
            "validatedAt": null, "agentLaunchedAt": null, "task": "Fix the login loop", "prNumber": null, "status": "active"
        });
        let pool = serde_json::json!({"start": 8100, "end": 8199, "allocated": [8100, 8101]});
        let registry = serde_json::json!({"worktrees": [row], "portPool": pool});
        self.sandbox.write("config/worktree-registry.json", &registry.to_string());
    }

    fn with_pages(&self) {
        self.write(
            "PROJECT_CONTEXT.md",
            "## Project Context\nLast Updated: 2026-11-20 17:00\n\n### Completed This Session\n- [x] Cart totals in cents\n\n\
             ### In Progress\n- [ ] Fix the login loop (70%)\n\n### Blockers\n- VAT rules: waiting for the accountant\n\n\
             ### Tomorrow's Priorities\n1. Fix the login loop\n2. Write tests for the cart API\n",
        );
        self.write(
            "TASK.md",
            "# Tasks\n\n## Now\n- [ ] Fix the login loop [P0]\n- [ ] Write tests for the cart API\n- [ ] VAT on invoices (blocked by: VAT rules)\n\n\
             ## Later\n- [ ] Document the deployment\n- [x] Cart totals in cents\n",
        );
        self.write("CLAUDE.md", "# Shop\n\nPrices are cents. Run `cargo test` before a commit.\n");
        self.write(
            "TODO_feature_20261119T090000Z_login.md",
            "---\ntype: workflow-manifest\nworkflow_type: feature\nslug: login\ntimestamp: 20261119T090000Z\n\
             metadata: {title: \"Login without loops\"}\n\
             workflow_progress: {phase: 2, current_step: \"2.4\", last_task: impl_001, last_update: \"2026-11-20T16:00:00Z\", status: implementation}\n\
             tasks:\n  implementation:\n    - {id: impl_001, description: \"Guard the redirect\", status: completed}\n    \
             - {id: impl_002, description: \"Show why a login failed\", status: pending}\n---\n",
        );
        let rows = [
            spending("2026-11-05", "claude-opus-5-5", "main", None, 96, "12.40"),
            spending("2026-11-12", "claude-sonnet-5-5", "feature/checkout", Some("checkout"), 240, "17.10"),
            spending("2026-11-19", "claude-sonnet-5-5", "fix/login", Some("login"), 131, "8.25"),
            spending("2026-11-20", "claude-opus-5-5", "fix/login", Some("login"), 44, "5.30"),
            spending("2026-11-20", "claude-haiku-5-5", "main", None, 52, "0.30"),
        ];
        self.write("costs/ledger.jsonl", &rows.concat());
        self.write(
            "costs/budget-config.json",
            "{\"budgets\": {\"daily\": {\"soft_limit\": 10}, \"weekly\": {\"soft_limit\": 30}, \
             \"monthly\": {\"soft_limit\": 50, \"hard_limit\": 60}}}\n",
        );
    }

    /// Gives evidence of an auditor that found nothing, as young as the fixed clock asks for.
    fn audited(&self) {
        let report = self.sandbox.write("audit.json", &text_of(&repository().join(AUDIT)));
        let clock: std::time::SystemTime = "2026-11-21T08:30:00Z".parse::<jiff::Timestamp>().expect("a time").into();
        let changed = ["src/cart.rs", "notes.txt"].map(|name| self.root().join(name));
        for path in changed.iter().chain([&report]) {
            std::fs::File::open(path).and_then(|file| file.set_modified(clock)).expect("a file of that time");
        }
        let report = format!("cargo-audit={}", report.display());
        let call = Call::new(binary()).args(["gate", "judge", "security", "--report", &report]);
        let done = call.folder(&self.root()).run(&self.sandbox);
        assert_eq!(done.status, Some(11), "the other reports are missing: {done:?}");
    }

    /// Runs the helper as an example asks for it.
    fn run(&self, words: &str, format: &str) -> Done {
        if words.starts_with("end-day") {
            self.audited();
        }
        Call::new(binary()).args(split(words)).args(["--format", format]).folder(&self.root()).run(&self.sandbox)
    }

    /// Writes what differs from machine to machine in one way.
    fn plain(&self, output: &str) -> String {
        let output = output.replace(&*self.sandbox.at("home").to_string_lossy(), "~");
        // Another test may listen on a port of the example at this moment.
        let lines = output.lines().filter(|line| !line.contains(" listens on ")).map(|line| {
            let line = with(line, "Memory: ", MACHINE, |c| c != '|');
            let line = with(&line, "Ports: ", &format!("Ports: {PORT}"), |c| c != ',');
            with(&line, "  ports    ", PAIR, |_| true)
        });
        lines.map(|line| line.trim_end().to_owned() + "\n").collect()
    }
}

/// Splits at blanks outside double quotes.
fn split(words: &str) -> Vec<String> {
    let parts = words.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// One row of a ledger.
fn spending(day: &str, model: &str, branch: &str, feature: Option<&str>, requests: u64, usd: &str) -> String {
    let feature = feature.map(|feature| format!("\"feature\":\"{feature}\",")).unwrap_or_default();
    format!(
        "{{\"session\":\"s{day}\",\"day\":\"{day}\",\"zone\":\"UTC\",\"model\":\"{model}\",\"project\":\"shop\",\"branch\":\"{branch}\",{feature}\
         \"kind\":\"inference\",\"tokens\":{{\"input\":900000,\"output\":80000}},\"requests\":{requests},\"usd\":{usd},\
         \"source\":\"transcript\"}}\n"
    )
}

/// Replaces what begins with `start` and goes on while `inside` holds.
fn with(line: &str, start: &str, new: &str, inside: fn(char) -> bool) -> String {
    let Some(at) = line.find(start) else { return line.to_owned() };
    let rest = line[at..].trim_start_matches(inside);
    let blank = if rest.starts_with('|') { " " } else { "" };
    format!("{}{new}{blank}{rest}", &line[..at])
}

/// An example of a document: what is called, the form, and where its block lies.
struct Example {
    words: String,
    format: String,
    block: std::ops::Range<usize>,
}

fn examples(page: &str) -> Vec<Example> {
    const MARK: &str = "<!-- example: ";
    let mut found = Vec::new();
    for (at, _) in page.match_indices(MARK) {
        let rest = &page[at + MARK.len()..];
        let (words, after) = rest.split_once(" -->\n```").expect("a fenced block right below the example's mark");
        let format = after.lines().next().expect("a form after the fence").to_owned();
        let begin = page.len() - after.len() + format.len() + 1;
        let end = begin + page[begin..].find("```\n").expect("the end of the fence");
        found.push(Example { words: words.to_owned(), format, block: begin..end });
    }
    found
}

#[test]
fn the_examples_are_what_the_program_prints() {
    let demo = Demo::new();
    let mut all = 0;
    for name in DOCUMENTS {
        let path = repository().join(name);
        let page = text_of(&path);
        let mut wanted = page.clone();
        for example in examples(&page).iter().rev() {
            let done = demo.run(&example.words, &example.format);
            assert_eq!(done.status, Some(0), "{name}: `{}`: {done:?}", example.words);
            let output = demo.plain(&done.stdout);
            if page[example.block.clone()] != output {
                eprintln!("{name}: `{}` prints now:\n{output}", example.words);
            }
            assert!(
                !output.contains("```"),
                "{name}: a fence inside a fence: take another format for `{}`",
                example.words
            );
            wanted.replace_range(example.block.clone(), &output);
            all += 1;
        }
        keep(&path, &page, &wanted);
    }
    assert!(all > 0, "no document has an example: is the search broken?");
}

/// Compares, or writes when `WFO_WRITE_DOCS` is set.
fn keep(path: &Path, page: &str, wanted: &str) {
    if page == wanted {
        return;
    }
    if std::env::var_os("WFO_WRITE_DOCS").is_some() {
        wfo_base::atomic::write(path, wanted.as_bytes()).expect("a page that can be written");
    } else {
        panic!("{} does not show what the program prints now: run `scripts/gen`", path.display());
    }
}

#[test]
fn two_demos_print_the_same() {
    let [one, other] = ["text", "markdown"].map(|format| {
        let demos = [Demo::new(), Demo::new()];
        demos.map(|demo| demo.plain(&demo.run("start-day", format).stdout))
    });
    assert_eq!(one[0], one[1]);
    assert_eq!(other[0], other[1]);
    assert!(one[0].contains(MACHINE) && one[0].contains(PORT), "{}", one[0]);
}

#[test]
fn an_example_is_found_with_its_block() {
    let page = "a\n<!-- example: ref x -->\n```text\nold\n```\nb\n";
    let found = examples(page);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].words.as_str(), found[0].format.as_str(), &page[found[0].block.clone()]),
        ("ref x", "text", "old\n")
    );
}
