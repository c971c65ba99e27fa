//! The page about costs against the built program: its console blocks are what a shell prints in a folder that holds the page's
//! own sample files. `WFO_WRITE_DOCS=1` (that is `scripts/gen`) writes the blocks anew.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::PathBuf;

use support::{Call, Sandbox, binary, repository, text_of};

/// The sections whose console blocks are played here.
const SECTIONS: [&str; 4] = ["Prices", "Choose a model", "Estimate a feature", "Project an option"];

fn path() -> PathBuf {
    repository().join("reference/costs.md")
}

/// Returns a section of the page, without its heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = format!("\n## {heading}\n");
    let rest = page.split(&start).nth(1).unwrap_or_else(|| panic!("no section `{heading}`"));
    rest.split("\n## ").next().unwrap_or_default()
}

/// Returns the fenced blocks of one kind.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let fence = format!("```{kind}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| rest.split_once("```\n")).map(|(block, _)| block).collect()
}

/// Makes a sandbox with the sample files of the page.
fn with_samples(page: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for (heading, name) in [("Estimate a feature", "plan.yaml"), ("Project an option", "options.yaml")] {
        let [sample] = blocks(section(page, heading), "yaml").try_into().expect("one sample in each section");
        sandbox.write(&format!("project/{name}"), sample);
    }
    sandbox
}

/// Plays a console block: each `$ ` line, followed by what it prints.
fn play(block: &str, sandbox: &Sandbox) -> String {
    let one = |line: &str| {
        let words = line.strip_prefix("wfo-helper ").expect("a call of the helper").split(' ');
        let done = Call::new(binary()).args(words).args(["--format", "text"]).run(sandbox);
        assert_eq!(done.status, Some(0), "{line}: {done:?}");
        format!("$ {line}\n{}", done.stdout)
    };
    block.lines().filter_map(|line| line.strip_prefix("$ ")).map(one).collect()
}

#[test]
fn the_console_blocks_are_what_the_program_prints() {
    let page = text_of(&path());
    let sandbox = with_samples(&page);
    let mut wanted = page.clone();
    for block in SECTIONS.iter().flat_map(|heading| blocks(section(&page, heading), "console")) {
        let now = play(block, &sandbox);
        wanted = wanted.replacen(&format!("```console\n{block}```"), &format!("```console\n{now}```"), 1);
    }
    if wanted == page {
        return;
    }
    if std::env::var_os("WFO_WRITE_DOCS").is_some() {
        wfo_base::atomic::write(&path(), wanted.as_bytes()).expect("a page that can be written");
    } else {
        panic!("reference/costs.md does not show what the program prints now: run `scripts/gen`\n{wanted}");
    }
}

#[test]
fn the_samples_of_the_page_give_a_whole_answer() {
    let sandbox = with_samples(&text_of(&path()));
    let plan = sandbox.helper(&["cost", "estimate", "--plan", "plan.yaml", "--json"]);
    assert_eq!((plan.data()["total_usd"].to_string().as_str(), plan.codes()), ("75.82", vec![]));
    let options = sandbox.helper(&["cost", "project", "--options", "options.yaml", "--json"]);
    let first = &options.data()["options"][0]["scales"][0]["total_usd"];
    assert_eq!((first.to_string().as_str(), options.codes()), ("0.884", vec![]));
}
