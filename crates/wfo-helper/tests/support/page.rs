//! Pages whose console blocks are run: sections, fenced blocks, and writing them anew when `WFO_WRITE_DOCS` is set.
//! Knows no command and no sandbox.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use super::support::{repository, text_of};

/// A page below `reference/`.
pub(crate) struct Page {
    name: &'static str,
    pub(crate) text: String,
}

impl Page {
    /// Reads `reference/NAME.md`.
    pub(crate) fn read(name: &'static str) -> Self {
        Self { name, text: text_of(&path(name)) }
    }

    /// Returns a section, without its heading.
    pub(crate) fn section(&self, heading: &str) -> String {
        section(&self.text, heading)
    }

    /// Plays each console block in its order and compares, or writes when `WFO_WRITE_DOCS` is set.
    pub(crate) fn play(&self, least: usize, mut run: impl FnMut(&str) -> String) {
        let played = blocks(&self.text, "console");
        assert!(played.len() >= least, "reference/{}.md has {} console blocks", self.name, played.len());
        let mut wanted = self.text.clone();
        for block in played {
            let lines = block.lines().filter_map(|line| line.strip_prefix("$ "));
            let now: String = lines.map(|line| format!("$ {line}\n{}", run(line))).collect();
            assert!(!now.contains("```"), "a fence inside a fence:\n{now}");
            wanted = wanted.replacen(&format!("```console\n{block}```"), &format!("```console\n{now}```"), 1);
        }
        if wanted == self.text {
            return;
        }
        if std::env::var_os("WFO_WRITE_DOCS").is_some() {
            wfo_base::atomic::write(&path(self.name), wanted.as_bytes()).expect("a page that can be written");
        } else {
            let now = blocks(&wanted, "console").concat();
            panic!("reference/{}.md does not show what the program prints now: run `scripts/gen`\n{now}", self.name);
        }
    }
}

fn path(name: &str) -> PathBuf {
    repository().join(format!("reference/{name}.md"))
}

/// Returns a section of a text, without its heading.
pub(crate) fn section(text: &str, heading: &str) -> String {
    let start = format!("\n{heading}\n");
    let rest = text.split(&start).nth(1).unwrap_or_else(|| panic!("no section `{heading}`"));
    let level = heading.chars().take_while(|c| *c == '#').count();
    let ends = |line: &&str| {
        let marks = line.chars().take_while(|c| *c == '#').count();
        marks > 0 && marks <= level && line[marks..].starts_with(' ')
    };
    rest.split_inclusive('\n').take_while(|line| !ends(line)).collect()
}

/// Returns the fenced blocks of one kind.
pub(crate) fn blocks(text: &str, kind: &str) -> Vec<String> {
    let fence = format!("```{kind}\n");
    let inside = |rest: &str| rest.split_once("```\n").map(|(block, _)| block.to_owned());
    text.split(&fence).skip(1).filter_map(inside).collect()
}
