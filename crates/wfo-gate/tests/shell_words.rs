//! Compares the guard's reading of commands with the real bash, on texts put together at random.
//! Only texts whose words are known before they run are compared; nothing but `printf` is ever started.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and starts bash itself"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use wfo_gate::guard::shell::{Step, Surroundings, parse};

/// Pieces of words; none can change what bash does beyond splitting.
const PIECES: [&str; 40] = [
    "git",
    "commit",
    "-n",
    " ",
    "  ",
    "\t",
    "'a b'",
    "\"c d\"",
    "\\ ",
    "\\\\",
    "\\'",
    "\\\"",
    "\"\\\"\"",
    "\"\\$x\"",
    "\"\\a\"",
    "'\\'",
    "$'\\x41'",
    "$'\\102'",
    "$'a\\'b'",
    "$'\\n'",
    "{a,b}",
    "{c,{d,e}}",
    "{}",
    "{f}",
    "x=y",
    "#",
    " #",
    "a#b",
    "\\\n",
    "\"\\\n\"",
    "$\"g\"",
    "--no-{verify,edit}",
    "''",
    "\"\"",
    "=",
    "\u{e9}",
    "${IFS}",
    "$V",
    "\"$V\"",
    "\"${V}w\"",
];

/// Leaves out a comment that a joined line would end, and braces beside a value that is split: bash multiplies the whole
/// word first, which changes no word the guard looks for.
fn comparable(text: &str) -> bool {
    let comment = text.contains('#') && text.contains('\n');
    let split = text.contains("$V") || text.contains("${IFS}");
    !(comment || (split && text.contains('{') && text.contains(',')))
}

#[test]
fn known_words_are_split_as_bash_splits_them() {
    let texts = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..12);
    let mut runner = TestRunner::deterministic();
    let commands: Vec<String> = (0..6000)
        .map(|_| texts.new_tree(&mut runner).unwrap().current().concat())
        .filter(|text| comparable(text))
        .map(|text| format!("f x {text}"))
        .collect();
    assert!(commands.len() > 2000);
    let mut script = "f() { printf '%s\\0' \"$@\"; printf '\\1'; }\nV='p q'\n".to_owned();
    for command in &commands {
        script.push_str(command);
        script.push('\n');
    }
    let mut bash = Command::new("bash")
        .args(["--norc", "-s"])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = bash.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()).unwrap());
    let output = bash.wait_with_output().unwrap();
    writer.join().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let mut answers = answers.split('\u{1}');
    let mut compared = 0;
    for command in &commands {
        let expected: Vec<&str> = answers.next().unwrap().split_terminator('\0').collect();
        let text = format!("V='p q'\n{command}\n");
        let script = parse(&text, &mut Surroundings::for_length(text.len()));
        assert_eq!(script.fault, None, "{command:?}");
        let Some(Step::Run(last)) = script.steps.last() else { panic!("{command:?}") };
        let seen: Vec<&str> = last.words.iter().skip(1).map(|word| word.text.as_str()).collect();
        // A variable that the text does not set, such as `$Vgit`, may be anything.
        if !seen.iter().any(|word| word.contains('\0')) {
            assert_eq!(seen, expected, "{command:?}");
            compared += 1;
        }
    }
    assert!(compared > 1500, "{compared}");
}
