//! Parses every quoted command line with the real parser, so that no document and no hint names a command that is not there.
//!
//! Placeholders: `[X]` may be there or not; `a|b` is each of both; `<X>` is X. `{x}` is some value and `...` goes, but at the
//! place of the command both stand for some command, like COMMAND and WORDS; glued to a word, `{x}` goes too. N, SHELL, FORMAT
//! and WHEN stand for a value of their kind, other words in capitals for themselves or one of a list of words; FLAGS, OPTIONS and ARGS for nothing.
//! Words that only name commands need no arguments.

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::quotes::{self, Quote};
use crate::cli::{Cli, tree};

/// Values for placeholders whose values are checked by the parser.
const VALUES: [(&str, &str); 4] = [("N", "3"), ("SHELL", "bash"), ("FORMAT", "json"), ("WHEN", "auto")];
/// Placeholders for whatever may follow.
const NOTHING: [&str; 4] = ["FLAGS", "OPTIONS", "ARGS", "..."];

/// Says what is wrong with a quoted command line; `None` = every reading of it parses.
fn fault(quote: &str) -> Option<String> {
    let line = quote.strip_prefix("wfo-helper").unwrap_or(quote);
    readings(&braces_gone(line)).iter().find_map(|reading| {
        let words: Vec<String> = with_command(words(reading)).iter().filter_map(|word| value(word)).collect();
        let error = Cli::try_parse_from(std::iter::once("wfo-helper".to_owned()).chain(words.iter().cloned())).err()?;
        let harmless = match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
            ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => only_names_commands(&words),
            ErrorKind::InvalidValue => is_one_of_a_list(&error),
            // Whatever is put in there is checked where it comes from.
            ErrorKind::ValueValidation => {
                matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(word)) if word == "{}")
            }
            _ => false,
        };
        let first = error.to_string().lines().next().unwrap_or_default().to_owned();
        (!harmless).then(|| format!("`wfo-helper {}`: {first}", words.join(" ")))
    })
}

/// Says whether what is no value is a placeholder for one of a list of words.
fn is_one_of_a_list(error: &clap::Error) -> bool {
    let listed = matches!(error.get(ContextKind::ValidValue), Some(ContextValue::Strings(words)) if !words.is_empty());
    let stands_for = |word: &str| word == "{}" || word.bytes().all(|byte| byte.is_ascii_uppercase());
    listed && matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(word)) if stands_for(word))
}

/// Replaces `{...}` and `{{ ... }}` by a word.
fn braces_gone(line: &str) -> String {
    let line = line.replace("{{", "{").replace("}}", "}");
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        // Glued to a word it is more flags, or nothing.
        if out.is_empty() || out.ends_with([' ', '=', '"', '\'']) {
            out += "{}";
        }
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

/// Returns every reading of optional parts and alternatives.
fn readings(line: &str) -> Vec<String> {
    if let Some((before, after)) = line.split_once('[')
        && let Some((inside, after)) =
            after.rsplit_once(']').filter(|(inside, _)| !inside.contains('[')).or_else(|| after.split_once(']'))
    {
        return [format!("{before}{inside}{after}"), format!("{before}{after}")]
            .iter()
            .flat_map(|line| readings(line))
            .collect();
    }
    let bar = words(line).into_iter().find(|word| word.contains('|'));
    match bar {
        Some(word) => word.split('|').flat_map(|one| readings(&line.replacen(&word, one, 1))).collect(),
        None => vec![line.to_owned()],
    }
}

/// Splits at blanks outside quotes.
fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => found.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    found.extend(word);
    found
}

/// Turns a placeholder into a value; `None` for one that stands for nothing.
fn value(word: &str) -> Option<String> {
    let word = word.trim_matches(['<', '>']);
    let word = if word == "..." { word } else { word.trim_end_matches("...") };
    if NOTHING.contains(&word) {
        return None;
    }
    let known = VALUES.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    Some(known.unwrap_or(word).to_owned())
}

/// Puts a command where a placeholder stands for one.
fn with_command(mut words: Vec<String>) -> Vec<String> {
    if let Some(first) = words.iter_mut().find(|word| !word.starts_with('-'))
        && ["COMMAND", "WORDS", "{}", "..."].contains(&first.as_str())
    {
        "start-day".clone_into(first);
    }
    words
}

/// Says whether all words are the name of one command, such as `trust revoke`.
fn only_names_commands(words: &[String]) -> bool {
    let mut command = &tree();
    !words.is_empty()
        && words.iter().all(|word| match command.find_subcommand(word) {
            Some(inner) => {
                command = inner;
                true
            }
            None => false,
        })
}

fn faults<'a>(file: &str, quotes: impl IntoIterator<Item = &'a Quote>) -> Vec<String> {
    quotes.into_iter().filter_map(|(line, quote)| Some(format!("{file}:{line}: {}", fault(quote)?))).collect()
}

#[test]
fn every_command_line_in_a_document_parses() {
    let (mut all, mut wrong) = (0, Vec::new());
    for path in super::files(&super::repository(), &[".md", ".md.tera"]) {
        let quotes = quotes::in_markdown(&super::text_of(&path));
        all += quotes.len();
        wrong.extend(faults(&super::shown(&path), &quotes));
    }
    assert!(all >= 20, "only {all} command lines were found: is the search broken?");
    assert!(wrong.is_empty(), "these command lines do not parse:\n{}", wrong.join("\n"));
}

#[test]
fn every_command_line_in_a_message_parses() {
    let (mut all, mut wrong) = (0, Vec::new());
    for path in super::files(&super::repository().join("crates"), &[".rs"]) {
        let name = super::shown(&path);
        if name.contains("/tests/") || name.contains("/docs_tests/") || name.ends_with("tests.rs") {
            continue;
        }
        let quotes = quotes::in_rust(&super::text_of(&path));
        all += quotes.len();
        wrong.extend(faults(&name, &quotes));
    }
    assert!(all >= 20, "only {all} command lines were found: is the search broken?");
    assert!(wrong.is_empty(), "these messages name commands that are not there:\n{}", wrong.join("\n"));
}

#[test]
fn placeholders_are_read_as_stated() {
    for line in [
        "wfo-helper start-day --limit N [FLAGS]",
        "wfo-helper ref [TOPIC]",
        "wfo-helper [-C DIR] start-day --format json|text|markdown ...",
        "wfo-helper --version",
        "wfo-helper COMMAND --help",
        "wfo-helper {} --confirm {}",
        "wfo-helper start-day{flags}{more} --confirm={id}",
        "wfo-helper ... --confirm ID",
        "wfo-helper trust revoke <ID> --confirm {id}",
        "wfo-helper completions SHELL",
        "wfo-helper trust revoke",
        "wfo-helper hook",
        "wfo-helper -C 'my project' start-day",
    ] {
        assert_eq!(fault(line), None, "{line}");
    }
    for line in [
        "wfo-helper end-night",
        "wfo-helper start-day --no-such-flag",
        "wfo-helper start-day --limit many",
        "wfo-helper start-day --format json|yaml",
        "wfo-helper trust revoke --confirm",
        "wfo-helper config [shown]",
        "wfo-helper stack find",
    ] {
        assert!(fault(line).is_some(), "{line}");
    }
}
