//! Walks the commands of a text and says what they would do to commits.
//! Never guesses: what it cannot follow, and what names git and a commit, becomes a question.

use super::environment::Environment;
use super::outcome::{Ask, Commit, Deny, Facts, Folder, Judged, Judgement, Push};
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
    pub(super) environment: Environment,
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
    /// Files that the text copies or moves.
    pub(super) copies: Vec<(String, String)>,
    /// Where git is asked for something that it does not know by itself.
    pub(super) strangers: Vec<Folder>,
    /// Files that the text itself writes, with what it writes into them.
    pub(super) written: Vec<(String, String)>,
    /// Names that the text itself gives to other programs.
    pub(super) stand_ins: Vec<(String, String)>,
    /// Whether the text makes a commit of a stash and hands its id on.
    pub(super) stashed: bool,
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
            copies: Vec::new(),
            strangers: Vec::new(),
            written: Vec::new(),
            stand_ins: Vec::new(),
            stashed: false,
        }
    }

    fn judgement(self) -> Judgement {
        match (self.deny, self.ask, self.commit, self.push) {
            (Some(deny), ..) => Judgement::Deny(deny),
            (None, Some(ask), ..) => Judgement::Ask(ask),
            (None, None, Some(mut commit), push) => {
                commit.adds = self.adds;
                commit.adds_all = self.adds_all;
                commit.copies = self.copies;
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
        self.keep_written(command, &input, script);
        self.keep_shown(command);
        self.run(&command.words, environment, &input);
    }

    /// Asks a person, whatever else the text names.
    pub(super) fn question(&mut self, reason: impl Into<String>) {
        self.ask.get_or_insert_with(|| Ask { reason: reason.into() });
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
            let name = self
                .stand_ins
                .iter()
                .rev()
                .find(|(own, _)| *own == first.text)
                .map_or(name, |(_, meant)| meant.clone());
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
                Some(Inner::Other) => return self.other(&name, rest),
                None => return self.plain(first, &name, rest, environment, fed, input),
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

    pub(super) fn input(&mut self, input: &Input, environment: Environment) {
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
    if let Some(text) = body(command, script) {
        return Input::Text(text);
    }
    match before.filter(|_| command.piped) {
        Some(before) => output(before, script),
        None => Input::Foreign,
    }
}

/// Returns the text that stands in the command for its standard input.
fn body(command: &Command, script: &Script) -> Option<Word> {
    command.redirects.iter().rev().find_map(|redirect| match redirect.kind {
        Redirection::Text => Some(redirect.target.clone()),
        Redirection::Body(number) => script.bodies.get(number).map(Word::known),
        _ => None,
    })
}

/// Says what a command prints, if it shows its own words.
pub(super) fn output(command: &Command, script: &Script) -> Input {
    match command.words.first().and_then(Word::base) {
        Some("cat" | "tee") => body(command, script).map_or(Input::Foreign, Input::Text),
        Some("echo" | "printf") => {
            let words =
                command.words.iter().skip(1).skip_while(|word| matches!(word.text.as_str(), "-n" | "-e" | "-E" | "--"));
            let text: Vec<&str> = words.map(|word| word.text.as_str()).collect();
            let text = text.join(" ").replace("\\n", "\n").replace("\\t", "\t");
            if text.contains(UNKNOWN) { Input::Unclear } else { Input::Text(Word::known(text)) }
        }
        _ => Input::Foreign,
    }
}
