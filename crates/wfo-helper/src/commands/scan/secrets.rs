//! `scan secrets`: what is staged, the work tree, commits, or standard input.

use wfo_base::{Problem, read};
use wfo_day::Place;
use wfo_day::scan::{Ask, Range, Report, Rules, TEXT_LIMIT};

use crate::render::scan::Subject;

/// The most unpushed commits that are gone through.
const UNPUSHED: usize = 1_000;

/// Look for secrets: in what is staged and in the work tree, unless a flag says what
///
/// Of a file that HEAD has, only lines that are new count as staged. Files above 2 MiB and binary ones are listed as not looked
/// at. A line that says `wfo:allow REASON` is listed apart. GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE count, as in a git hook.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the next commit would bring, and nothing else
    #[arg(long)]
    staged: bool,
    /// The files of the work tree that git tracks or that nothing ignores
    #[arg(long)]
    tree: bool,
    /// The lines that the newest N commits brought, or, with `unpushed`, those that no remote has
    #[arg(long, value_name = "N", value_parser = range)]
    history: Option<Range>,
    /// The text on standard input; needs no repository
    #[arg(long, conflicts_with_all = ["staged", "tree", "history"])]
    stdin: bool,
}

fn range(words: &str) -> Result<Range, String> {
    if words == "unpushed" {
        return Ok(Range { last: 0, unpushed: true, most: UNPUSHED });
    }
    match words.parse() {
        Ok(0) | Err(_) => Err("say how many commits, or `unpushed`".to_owned()),
        Ok(last) => Ok(Range { last, unpushed: false, most: UNPUSHED }),
    }
}

pub(super) fn run(args: &Args, place: &Place, rules: &Rules) -> Result<(Subject, Report), Problem> {
    let chosen = args.staged || args.tree || args.history.is_some() || args.stdin;
    let ask = Ask {
        staged: args.staged || !chosen,
        tree: args.tree || !chosen,
        history: args.history,
        text: if args.stdin { Some(read::stdin_start(TEXT_LIMIT)?) } else { None },
        ..Ask::default()
    };
    let parts = [(ask.staged, "staged"), (ask.tree, "tree"), (ask.history.is_some(), "history"), (args.stdin, "stdin")];
    let subject = Subject::secrets(parts.into_iter().filter(|(asked, _)| *asked).map(|(_, word)| word));
    Ok((subject, wfo_day::scan::secrets(place, rules, ask)?))
}
