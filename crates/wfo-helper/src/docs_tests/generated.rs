//! The parts of documents that are written from the command tree: the second half of `reference/cli.md`, the table in README.md.

use std::path::Path;

use clap::{Arg, Command};

use crate::cli::tree;

/// Compares the part between two marks with what it should be, or writes it when `WFO_WRITE_DOCS` is set.
fn keep(path: &Path, name: &str, wanted: &str) {
    let page = super::text_of(path);
    let (start, end) = (format!("<!-- {name}:start"), format!("<!-- {name}:end -->"));
    let marks = "put both marks into it, each on a line of its own";
    let begin = page.find(&start).unwrap_or_else(|| panic!("{}: no `{start}`; {marks}", super::shown(path)));
    let begin = begin + page[begin..].find('\n').expect("a line end after the mark") + 1;
    let stop =
        begin + page[begin..].find(&end).unwrap_or_else(|| panic!("{}: no `{end}`; {marks}", super::shown(path)));
    if page[begin..stop] == *wanted {
        return;
    }
    if std::env::var_os("WFO_WRITE_DOCS").is_some() {
        let page = format!("{}{wanted}{}", &page[..begin], &page[stop..]);
        wfo_base::atomic::write(path, page.as_bytes()).expect("a page that can be written");
    } else {
        panic!("{} is not what the program says now: run `scripts/gen`", super::shown(path));
    }
}

#[test]
fn the_command_page_is_what_the_parser_knows() {
    let tree = built();
    let mut page = format!(
        "\n## Global flags\n\n{}\n## Commands\n",
        table(tree.get_arguments().filter(|arg| arg.is_global_set()))
    );
    for command in leaves(&tree, &[]) {
        page += &command.section();
    }
    keep(&super::repository().join("reference/cli.md"), "generated", &(page + "\n"));
}

#[test]
fn the_readme_lists_every_command() {
    let rows =
        leaves(&built(), &[]).into_iter().map(|leaf| format!("| `{}` | {} |\n", leaf.usage(), cell(&leaf.about())));
    let table = format!("| command | what it does |\n|---|---|\n{}", rows.collect::<String>());
    keep(&super::repository().join("README.md"), "commands", &table);
}

#[test]
fn every_command_and_flag_says_what_it_is_for() {
    for leaf in leaves(&built(), &[]) {
        let words = leaf.words.join(" ");
        let about = leaf.about();
        assert!(
            about.contains(' ') && about.starts_with(char::is_uppercase),
            "`{words}` has no help sentence: {about:?}"
        );
        for arg in leaf.command.get_arguments().filter(|arg| shown(arg)) {
            assert!(arg.get_help().is_some(), "`{words}`: {} has no help", form(arg));
        }
    }
}

/// Returns the tree with everything that is filled in only when it is used.
fn built() -> Command {
    let mut tree = tree();
    tree.build();
    tree
}

/// A command that can be run.
struct Leaf {
    words: Vec<String>,
    command: Command,
}

fn leaves(command: &Command, above: &[String]) -> Vec<Leaf> {
    let mut found = Vec::new();
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        let words: Vec<String> = above.iter().cloned().chain([inner.get_name().to_owned()]).collect();
        let below = leaves(inner, &words);
        if below.is_empty() {
            found.push(Leaf { words, command: inner.clone() });
        } else {
            found.extend(below);
        }
    }
    found
}

impl Leaf {
    fn about(&self) -> String {
        self.command.get_about().map(ToString::to_string).unwrap_or_default()
    }

    /// Returns the words with the positional arguments and the flags without which nothing parses.
    fn usage(&self) -> String {
        let required = self.command.get_arguments().filter(|arg| !arg.is_positional() && arg.is_required_set());
        let arguments = self.command.get_positionals().chain(required).map(form);
        ["wfo-helper".to_owned()]
            .into_iter()
            .chain(self.words.iter().cloned())
            .chain(arguments)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn section(&self) -> String {
        let about = self.command.get_long_about().map_or_else(|| self.about(), ToString::to_string);
        let mut section = format!("\n### `{}`\n\n{}\n", self.usage(), sentence(&about));
        let own: Vec<&Arg> = self.command.get_arguments().filter(|arg| !arg.is_global_set() && shown(arg)).collect();
        if !own.is_empty() {
            section += &format!("\n{}", table(own));
        }
        section
    }
}

fn shown(arg: &Arg) -> bool {
    !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())
}

/// Writes `FILE`, `[FILE]`, `-q, --quiet` or `--confirm ID`.
fn form(arg: &Arg) -> String {
    let name = || {
        arg.get_value_names()
            .and_then(|names| names.first())
            .map_or_else(|| arg.get_id().to_string().to_uppercase(), ToString::to_string)
    };
    if arg.is_positional() {
        return if arg.is_required_set() { name() } else { format!("[{}]", name()) };
    }
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let flags = [short, long].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if arg.get_action().takes_values() { format!("{flags} {}", name()) } else { flags }
}

fn table<'a>(arguments: impl IntoIterator<Item = &'a Arg>) -> String {
    let mut table = "| argument or flag | meaning |\n|---|---|\n".to_owned();
    for arg in arguments.into_iter().filter(|arg| shown(arg)) {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let values = if arg.get_action().takes_values() && !values.is_empty() {
            format!(" ({})", values.join(", "))
        } else {
            String::new()
        };
        let defaults: Vec<_> =
            arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let default = if arg.get_action().takes_values() && !defaults.is_empty() {
            format!(" [default: {}]", defaults.join(", "))
        } else {
            String::new()
        };
        table += &format!("| `{}` | {}{values}{default} |\n", form(arg), cell(&help));
    }
    table
}

/// Makes a text fit for one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Ends the first line with a full stop, where help has none.
fn sentence(about: &str) -> String {
    match about.split_once("\n\n") {
        Some((first, rest)) => format!("{}.\n\n{rest}", first.trim_end_matches('.')),
        None => format!("{}.", about.trim_end_matches('.')),
    }
}
