//! Walks the commands of a text and says what they would do to commits.
//! Never guesses: what it cannot follow, and what names git and a commit, becomes a question.

use super::environment::{Environment, LONGEST_FOLDER};
use super::git;
use super::outcome::{Ask, Commit, Deny, Facts, Folder, Judged, Judgement, Push};
use super::paths::{self};
use super::shell::{self, Command, Redirection, Script, Step, Surroundings, UNKNOWN, Word};
use super::signs::{concerns, suspicious};
use super::wrappers::{self, Inner};

/// How many texts may stand inside one another: `sh -c`, `eval`, aliases.
const DEEPEST: usize = 12;

/// Judges the command of a shell tool.
#[must_use]
pub fn judge(command: &str, facts: &Facts) -> Judgement {
    judge_noting(command, facts).judgement
}

/// As [`judge`], and tells where git is asked for what is no command of its own: an alias there would change the judgement.
#[must_use]
pub fn judge_noting(command: &str, facts: &Facts) -> Judged {
    if !concerns(command) {
        return Judged { judgement: Judgement::Allow, strangers: Vec::new() };
    }
    let text = command.replace(UNKNOWN, "");
    let mut walk = Walk::new(&text, facts);
    walk.script(&text, None);
    let strangers = std::mem::take(&mut walk.strangers);
    Judged { judgement: walk.judgement(), strangers }
}

/// What a command reads from its standard input.
pub(super) enum Input {
    /// This text.
    Text(Word),
    /// What another command prints, or a file.
    Foreign,
    /// What some command prints that shows its own words, and they are not all known.
    Unclear,
}

/// A walk through a text and all texts inside it.
pub(super) struct Walk<'f> {
    pub(super) facts: &'f Facts,
    around: Surroundings,
    pub(super) folder: Option<String>,
    environment: Environment,
    /// Aliases that the text itself sets.
    pub(super) aliases: Vec<(String, String)>,
    depth: usize,
    pub(super) suspicious: bool,
    pub(super) hooks_named: bool,
    pub(super) deny: Option<Deny>,
    pub(super) ask: Option<Ask>,
    pub(super) commit: Option<Commit>,
    pub(super) push: Option<Push>,
    pub(super) adds: Vec<String>,
    pub(super) adds_all: bool,
    /// Where git is asked for something that it does not know by itself.
    pub(super) strangers: Vec<Folder>,
}

impl<'f> Walk<'f> {
    fn new(text: &str, facts: &'f Facts) -> Self {
        Self {
            facts,
            around: Surroundings::for_length(text.len()),
            folder: Some(facts.folder.clone().unwrap_or_default()),
            environment: Environment::default(),
            aliases: Vec::new(),
            depth: 0,
            suspicious: suspicious(text),
            hooks_named: text.to_ascii_lowercase().contains("hooks"),
            deny: None,
            ask: None,
            commit: None,
            push: None,
            adds: Vec::new(),
            adds_all: false,
            strangers: Vec::new(),
        }
    }

    fn judgement(self) -> Judgement {
        match (self.deny, self.ask, self.commit, self.push) {
            (Some(deny), ..) => Judgement::Deny(deny),
            (None, Some(ask), ..) => Judgement::Ask(ask),
            (None, None, Some(mut commit), push) => {
                commit.adds = self.adds;
                commit.adds_all = self.adds_all;
                commit.push = push.is_some();
                Judgement::Commit(Box::new(commit))
            }
            (None, None, None, Some(push)) => Judgement::Push(Box::new(push)),
            (None, None, None, None) => Judgement::Allow,
        }
    }

    pub(super) fn refuse(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.deny.get_or_insert_with(|| Deny::new(what, reason));
    }

    /// Asks, if the text names git and something it would be asked to do.
    pub(super) fn unsure(&mut self, reason: &str) {
        if self.suspicious {
            self.ask.get_or_insert_with(|| Ask { reason: reason.to_owned() });
        }
    }

    /// Walks the commands of one text.
    pub(super) fn script(&mut self, text: &str, positional: Option<Vec<Word>>) {
        if !self.descend() {
            return;
        }
        let before = std::mem::replace(&mut self.around.positional, positional);
        let script = shell::parse(text, &mut self.around);
        let mut outer: Vec<(Option<String>, Environment)> = Vec::new();
        let mut last: Option<&Command> = None;
        for step in &script.steps {
            match step {
                Step::Enter => outer.push((self.folder.clone(), self.environment.clone())),
                Step::Leave => {
                    if let Some((folder, environment)) = outer.pop() {
                        (self.folder, self.environment) = (folder, environment);
                    }
                }
                Step::Run(command) => {
                    self.command(command, last, &script);
                    last = Some(command);
                }
            }
            if self.deny.is_some() {
                break;
            }
        }
        self.depth -= 1;
        self.around.positional = before;
        if script.fault.is_some() {
            self.unsure("this command cannot be parsed to its end; write the git command on its own");
        }
    }

    fn command(&mut self, command: &Command, before: Option<&Command>, script: &Script) {
        for redirect in &command.redirects {
            if redirect.kind == Redirection::Write {
                self.writes(&redirect.target, "a redirection");
            }
        }
        let mut environment = self.environment.clone();
        for (name, value) in &command.assignments {
            environment.set(name, value);
        }
        let input = input(command, before, script);
        self.run(&command.words, environment, &input);
    }

    /// Follows a command through the programs that run it.
    fn run(&mut self, words: &[Word], mut environment: Environment, input: &Input) {
        let mut words = words;
        let mut fed = false;
        let mut elsewhere = false;
        loop {
            let Some((first, rest)) = words.split_first() else { return };
            // zsh reads `=git` as the path of git.
            let Some(name) = first.base().map(|base| base.trim_start_matches('=').to_ascii_lowercase()) else {
                return self.unknown_command(first, rest, fed);
            };
            if matches!(name.as_str(), "git" | "git.exe" | "hub" | "yadm") {
                return self.git_from(elsewhere, rest, &environment, fed);
            }
            if let Some(subcommand) = name.strip_prefix("git-") {
                let whole: Vec<Word> = std::iter::once(Word::known(subcommand)).chain(rest.iter().cloned()).collect();
                return self.git_from(elsewhere, &whole, &environment, fed);
            }
            if name == "find" {
                self.find(rest, &environment);
            }
            fed |= name == "xargs";
            elsewhere |= wrappers::changes_folder(&name, rest);
            match wrappers::inner(&name, rest) {
                Some(Inner::Command(inner, set)) => {
                    for (name, value) in &set {
                        environment.set(name, value);
                    }
                    words = inner;
                }
                Some(Inner::Script(text, given)) => return self.in_shell(&text, Some(given), environment),
                Some(Inner::Input) => return self.input(input, environment),
                Some(Inner::Other) => return,
                None => return self.plain(&name, rest, environment, fed, input),
            }
        }
    }

    /// Judges a call of git that may start in a folder which another program chose.
    fn git_from(&mut self, elsewhere: bool, words: &[Word], environment: &Environment, fed: bool) {
        let folder = self.folder.clone();
        if elsewhere {
            self.folder = None;
        }
        self.git(words, environment, fed);
        self.folder = folder;
    }

    /// Follows a command that another one names, if that is not too deep.
    pub(super) fn run_nested(&mut self, words: &[Word], environment: Environment) {
        if self.descend() {
            self.run(words, environment, &Input::Foreign);
            self.depth -= 1;
        }
    }

    /// Judges the call of git an alias stands for, if that is not too deep.
    pub(super) fn git_nested(&mut self, words: &[Word], environment: &Environment) {
        if self.descend() {
            self.git(words, environment, false);
            self.depth -= 1;
        }
    }

    fn descend(&mut self) -> bool {
        let may = self.depth < DEEPEST;
        if may {
            self.depth += 1;
        } else {
            self.unsure("this command holds more commands inside one another than can be followed; write it flat");
        }
        may
    }

    /// Walks a text that a shell is given, in an environment of its own.
    pub(super) fn in_shell(&mut self, text: &Word, positional: Option<Vec<Word>>, environment: Environment) {
        let outer = (self.folder.clone(), std::mem::replace(&mut self.environment, environment));
        self.script(&text.text, positional);
        (self.folder, self.environment) = outer;
    }

    fn input(&mut self, input: &Input, environment: Environment) {
        match input {
            Input::Text(text) => self.in_shell(text, None, environment),
            Input::Unclear => {
                self.unsure(
                    "what this command hands to a shell is only known when it runs; run the git command itself",
                );
            }
            Input::Foreign => {}
        }
    }

    /// Judges a command that runs no other in a way that is known.
    fn plain(&mut self, name: &str, words: &[Word], environment: Environment, fed: bool, input: &Input) {
        match name {
            "cd" | "pushd" => self.change_folder(words),
            "popd" => self.folder = None,
            "export" | "declare" | "typeset" | "readonly" => self.export(words),
            "eval" => {
                let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
                self.script(&text.join(" "), None);
            }
            "trap" => {
                if let Some(text) = words.iter().find(|word| !word.text.starts_with('-')) {
                    self.script(&text.text, None);
                }
            }
            "alias" => {
                for text in words.iter().filter_map(|word| word.text.split_once('=')) {
                    self.script(text.1, None);
                }
            }
            "source" | "." => match words.first() {
                Some(file) if file.process => self.input(&Input::Unclear, environment),
                Some(file) if file.text == "/dev/stdin" => self.input(input, environment),
                _ => {}
            },
            "python" | "python3" | "perl" | "ruby" | "node" | "php" | "deno" | "bun" | "awk" | "gawk" | "mawk" => {
                self.program(name, words, input);
            }
            "pre-commit" | "prek" | "lefthook" | "husky"
                if words.first().is_some_and(|word| word.text == "uninstall") =>
            {
                self.ask.get_or_insert_with(|| Ask {
                    reason: format!("`{name} uninstall` takes the commit checks away; a person decides that"),
                });
            }
            _ => {}
        }
        self.changes(name, words, fed);
    }

    fn change_folder(&mut self, words: &[Word]) {
        let to = words.iter().find(|word| !matches!(word.text.as_str(), "-P" | "-L" | "-e" | "--"));
        self.folder = match to {
            Some(word) if word.text == "-" => None,
            Some(word) => paths::join(self.folder.as_deref(), word).filter(|folder| folder.len() <= LONGEST_FOLDER),
            None => Some("~".to_owned()),
        };
    }

    fn export(&mut self, words: &[Word]) {
        for (name, value) in words.iter().filter_map(wrappers::assignment) {
            let key =
                name.starts_with("GIT_CONFIG_KEY_") && value.literal().and_then(git::switches_hooks) == Some(true);
            let parameters = name == "GIT_CONFIG_PARAMETERS" && value.text.to_ascii_lowercase().contains("hookspath");
            if key || parameters {
                self.refuse(format!("export {name}"), "this points git at other hooks; leave core.hooksPath as it is");
            }
            self.environment.set(&name, &value);
        }
    }

    /// Judges a command whose name is only known when it runs, by the words behind it.
    fn unknown_command(&mut self, first: &Word, words: &[Word], fed: bool) {
        const ASKED: [&str; 12] = [
            "commit",
            "push",
            "merge",
            "am",
            "rebase",
            "cherry-pick",
            "revert",
            "update-ref",
            "commit-tree",
            "fast-import",
            "--no-verify",
            "pull",
        ];
        let named = words
            .iter()
            .any(|word| ASKED.contains(&word.text.as_str()) || word.text.to_ascii_lowercase().contains("hookspath"));
        let nothing_known = first.open && words.iter().all(|word| word.open) || fed;
        if named || nothing_known {
            self.unsure("which program runs here is only known when it runs; name git itself");
        }
    }

    /// Judges the commands of find's `-exec` and its like.
    fn find(&mut self, words: &[Word], environment: &Environment) {
        let start =
            words.iter().find(|word| !word.text.starts_with('-')).map_or(".", |word| word.text.as_str()).to_owned();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            if !matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir") {
                continue;
            }
            let rest = words.get(at..).unwrap_or_default();
            let length = rest.iter().position(|word| matches!(word.text.as_str(), ";" | "+")).unwrap_or(rest.len());
            let found = format!("{start}/{UNKNOWN}");
            let fill = |word: &Word| Word { text: word.text.replace("{}", &found), ..word.clone() };
            let inner: Vec<Word> = rest.iter().take(length).map(fill).collect();
            at += length;
            self.run_nested(&inner, environment.clone());
        }
    }
}

/// Says what a command reads.
fn input(command: &Command, before: Option<&Command>, script: &Script) -> Input {
    let body = |command: &Command| {
        command.redirects.iter().rev().find_map(|redirect| match redirect.kind {
            Redirection::Text => Some(redirect.target.clone()),
            Redirection::Body(number) => script.bodies.get(number).map(Word::known),
            _ => None,
        })
    };
    if let Some(text) = body(command) {
        return Input::Text(text);
    }
    let Some(before) = before.filter(|_| command.piped) else { return Input::Foreign };
    match before.words.first().and_then(Word::base) {
        Some("cat") => body(before).map_or(Input::Foreign, Input::Text),
        Some("echo" | "printf") => {
            let words =
                before.words.iter().skip(1).skip_while(|word| matches!(word.text.as_str(), "-n" | "-e" | "-E" | "--"));
            let text: Vec<&str> = words.map(|word| word.text.as_str()).collect();
            let text = text.join(" ").replace("\\n", "\n");
            if text.contains(UNKNOWN) { Input::Unclear } else { Input::Text(Word::known(text)) }
        }
        _ => Input::Foreign,
    }
}
