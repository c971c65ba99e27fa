//! git's subcommands: which skip checks, which commit, which push, and which are harmless.
//! Never looks at the repository; what `-n` means is told by the subcommand.

use super::environment::{Environment, Offence};
use super::git::{self, Invocation};
use super::judge::Walk;
use super::options;
use super::outcome::{Commit, Folder, Push};
use super::paths;
use super::shell::{UNKNOWN, Word};
use super::signs::suspicious;
use super::specs::{ADD, COMMIT, FILTER, HARMLESS, JOIN, PLUMBING, PUSH};
use super::stashes::is_command;

/// The most folders and files that are kept apart.
const MOST_FOLDERS: usize = 64;
const MOST_FILES: usize = 2000;

impl Walk<'_> {
    /// Judges a call of git, of the words behind its name.
    pub(super) fn git(&mut self, words: &[Word], environment: &Environment, fed: bool) {
        let mut call = git::read(words);
        if fed {
            call.words.push(Word::unknown());
        }
        let mut environment = environment.clone();
        call.settings.extend(environment.settings());
        self.settings(&call, &mut environment);
        let programs = std::mem::take(&mut environment.programs);
        for program in &programs {
            self.for_git(program, &environment);
        }
        let mut folder = self.folder.clone();
        for to in &call.folders {
            folder = paths::join(folder.as_deref(), to);
        }
        let place = environment.folder(folder, &call);
        let Some((first, rest)) = call.words.split_first() else { return };
        let Some(name) = first.literal() else {
            return self.unsure("which git command runs here is only known when it runs; name it");
        };
        if name.contains(['*', '?', '[']) {
            return self.unsure("which git command runs here is only known when it runs; name it");
        }
        self.stashes(name, rest);
        self.writes_hooks(name, rest, &place);
        match name {
            "difftool" | "mergetool" | "grep" => self.shown_by(rest, &environment),
            _ if HARMLESS.contains(&name) => {}
            "commit" => self.commit(rest, &environment, place),
            "push" => self.push(rest, &environment, place),
            "merge" | "pull" | "rebase" | "am" | "cherry-pick" | "revert" => {
                self.joins(name, rest, &environment, place);
            }
            "add" | "stage" => self.add(rest, &place),
            "update-index" => self.update_index(rest, &place),
            "config" => self.config(rest),
            "commit-tree" | "fast-import" => {
                self.refuse(
                    format!("git {name}"),
                    format!("`git {name}` makes commits past the checks; use `git commit`"),
                );
            }
            "update-ref" => self.update_ref(rest),
            "hash-object" => {
                let options = options::read(&PLUMBING, rest);
                if options.has(&["w"]) && options.value(&["t"]).is_some_and(|kind| kind.text == "commit") {
                    self.refuse(
                        "git hash-object -t commit",
                        "`git hash-object` makes a commit past the checks here; use `git commit`",
                    );
                }
            }
            "for-each-repo" => {
                let inner = rest.iter().position(|word| !word.text.starts_with('-')).unwrap_or(rest.len());
                self.git_nested(rest.get(inner..).unwrap_or_default(), &environment);
            }
            "submodule" | "bisect" => self.inner_command(name, rest, &environment),
            "filter-branch" => {
                for (_, text) in options::read(&FILTER, rest).values {
                    self.script(&text.text, None);
                }
            }
            _ => self.alias(name, rest, environment, place),
        }
    }

    /// Walks the commands that `git difftool -x` and `git grep -O` start.
    fn shown_by(&mut self, words: &[Word], environment: &Environment) {
        for (at, word) in words.iter().enumerate() {
            let attached = ["--extcmd=", "--open-files-in-pager=", "-x", "-O"].iter();
            let attached = attached.filter_map(|option| word.text.strip_prefix(option)).find(|text| !text.is_empty());
            let next = || words.get(at + 1).filter(|_| matches!(word.text.as_str(), "-x" | "--extcmd"));
            if let Some(text) = attached.map(Word::known).or_else(|| next().cloned()) {
                self.for_git(&text, environment);
            }
        }
    }

    /// Refuses git commands that write files into a folder of hooks.
    fn writes_hooks(&mut self, name: &str, words: &[Word], place: &Folder) {
        let hooks = |text: &str| {
            paths::guarded(self.folder.as_deref(), &Word::known(text), &self.facts.hooks) == paths::Guarded::Hooks
        };
        let tree = place.work_tree.as_deref().is_some_and(hooks);
        let writes = matches!(
            name,
            "mv" | "checkout-index"
                | "archive"
                | "bundle"
                | "clone"
                | "worktree"
                | "format-patch"
                | "diff"
                | "apply"
                | "init"
                | "rm"
        );
        let word = |word: &Word| hooks(word.text.rsplit('=').next().unwrap_or_default());
        if tree || (writes && words.iter().any(word)) {
            self.refuse(
                format!("git {name} on a git hook"),
                "the commit checks lie in git's hooks, so this command does not change them; a person can, by hand or with `wfo-helper setup`",
            );
        }
    }

    /// Notes settings of `-c` and `--config-env` that switch hooks off, and aliases they bring.
    fn settings(&mut self, call: &Invocation, environment: &mut Environment) {
        for (name, value) in &call.settings {
            let lower = name.text.to_ascii_lowercase();
            if let Some(alias) = lower.strip_prefix("alias.") {
                // An alias that nobody can read may be a commit.
                self.suspicious |= value.literal().is_none();
                self.aliases.push((alias.to_owned(), value.text.clone()));
            }
            if is_command(&lower) {
                environment.programs.push(value.clone());
            }
            let off = git::switches_hooks(&name.text);
            if off != Some(false) && environment.offence.as_ref().is_none_or(|offence| !offence.sure) {
                let name = if off.is_none() { "a setting".to_owned() } else { lower.chars().take(80).collect() };
                environment.offence = Some(Offence { name, sure: off.is_some() });
            }
        }
    }

    /// Refuses or asks if the environment or a setting switches the checks off; says whether all is well.
    fn checked(&mut self, command: &str, environment: &Environment) -> bool {
        match &environment.offence {
            None => true,
            Some(Offence { name, sure: true }) => {
                self.refuse(
                    format!("git {command} with {name}"),
                    format!("run `git {command}` without `{name}`, which switches the checks off"),
                );
                false
            }
            Some(Offence { name, sure: false }) => {
                self.unsure(&format!("whether `{name}` switches the checks of `git {command}` off is only known when it runs; leave it out"));
                true
            }
        }
    }

    fn commit(&mut self, words: &[Word], environment: &Environment, place: Folder) {
        let options = options::read(&COMMIT, words);
        if options.has(&["h", "help", "dry-run"]) {
            return;
        }
        if matches!(options.last(&["n", "no-verify", "verify"]), Some("n" | "no-verify")) {
            return self.refuse("git commit --no-verify", "commit without --no-verify; the check takes milliseconds");
        }
        if !self.checked("commit", environment) {
            return;
        }
        if options.unsure {
            self.unsure("the options of this commit are only known when it runs; write them out");
        }
        let mut all = options.has(&["a", "all"]);
        let mut paths = Vec::new();
        for operand in &options.operands {
            match file(&place, operand) {
                Some(path) if paths.len() < MOST_FILES => paths.push(path),
                _ => all = true,
            }
        }
        all |= options.has(&["pathspec-from-file", "p", "patch", "interactive"]);
        let amend = options.has(&["amend"]);
        let commit = self.note_commit(place);
        commit.all |= all;
        commit.amend |= amend;
        commit.paths.extend(paths);
        commit.paths.truncate(MOST_FILES);
    }

    /// Keeps that a commit is made in a folder.
    fn note_commit(&mut self, place: Folder) -> &mut Commit {
        let many = self.commit.as_ref().is_some_and(|commit| commit.folders.len() >= MOST_FOLDERS);
        if many {
            self.unsure("this commits in more folders than can be looked at; commit in fewer at a time");
        }
        let commit = self.commit.get_or_insert_default();
        if !many && !commit.folders.contains(&place) {
            commit.folders.push(place);
        }
        commit
    }

    fn push(&mut self, words: &[Word], environment: &Environment, place: Folder) {
        let options = options::read(&PUSH, words);
        if options.last(&["no-verify", "verify"]) == Some("no-verify") {
            return self.refuse("git push --no-verify", "push without --no-verify; the check takes milliseconds");
        }
        if !self.checked("push", environment) {
            return;
        }
        if options.unsure && options.operands.first().is_some_and(|word| word.open) {
            self.unsure("the options of this push are only known when it runs; write them out");
        }
        let push = self.push.get_or_insert_with(|| Push { dry_run: true, ..Push::default() });
        push.dry_run &= options.has(&["n", "dry-run"]);
        if !push.folders.contains(&place) && push.folders.len() < MOST_FOLDERS {
            push.folders.push(place);
        }
        let mut operands = options.operands.iter().map(|word| word.text.replace(UNKNOWN, "?"));
        if let Some(remote) = operands.next() {
            push.remote = Some(remote);
        }
        push.refs.extend(operands);
        push.refs.truncate(MOST_FILES);
    }

    /// merge, pull, rebase, am, cherry-pick and revert.
    fn joins(&mut self, name: &str, words: &[Word], environment: &Environment, place: Folder) {
        let options = options::read(&JOIN, words);
        if options.has(&["abort", "quit", "skip", "help"]) {
            return;
        }
        // Elsewhere `-n` is no commit or no statistics.
        let short = if name == "am" { "n" } else { "no-verify" };
        if matches!(options.last(&[short, "no-verify", "verify"]), Some("n" | "no-verify")) {
            return self.refuse(
                format!("git {name} --no-verify"),
                format!("run `git {name}` without --no-verify; the check takes milliseconds"),
            );
        }
        if !self.checked(name, environment) {
            return;
        }
        if name == "rebase" {
            for (_, text) in options.values.iter().filter(|(name, _)| name == "x" || name == "exec") {
                self.script(&text.text, None);
            }
        }
        if options.has(&["continue"]) || (name == "am" && options.has(&["r", "resolved"])) {
            self.note_commit(place);
        } else if name == "merge" && options.value(&["m", "message", "F", "file"]).is_some() {
            // What it brings in was committed elsewhere; the message is new.
            self.commit.get_or_insert_default();
        }
    }

    fn add(&mut self, words: &[Word], place: &Folder) {
        let options = options::read(&ADD, words);
        let unnamed = ["A", "all", "u", "update", "p", "patch", "i", "interactive", "e", "edit", "pathspec-from-file"];
        self.adds_all |= options.has(&unnamed);
        for operand in &options.operands {
            match file(place, operand) {
                Some(path) if self.adds.len() < MOST_FILES && operand.text != "." => self.adds.push(path),
                _ => self.adds_all = true,
            }
        }
    }

    /// `git update-index`, unless it only marks what is there.
    fn update_index(&mut self, words: &[Word], place: &Folder) {
        let marks = ["--assume-", "--no-assume-", "--skip-", "--no-skip-", "--refresh", "--really-refresh"];
        if words.iter().any(|word| marks.iter().any(|mark| word.text.starts_with(mark))) {
            return;
        }
        self.adds_all |= words.iter().any(|word| word.text == "--stdin");
        for operand in words.iter().filter(|word| !word.text.starts_with('-')) {
            match file(place, operand) {
                Some(path) if self.adds.len() < MOST_FILES => self.adds.push(path),
                _ => self.adds_all = true,
            }
        }
    }

    /// `git submodule foreach` and `git bisect run`.
    fn inner_command(&mut self, name: &str, words: &[Word], environment: &Environment) {
        let wanted = if name == "submodule" { "foreach" } else { "run" };
        let Some(at) = words.iter().position(|word| word.text == wanted) else { return };
        let rest = words.get(at + 1..).unwrap_or_default();
        let options = rest.iter().take_while(|word| word.text.starts_with('-')).count();
        match rest.get(options..).unwrap_or_default() {
            [] => {}
            [text] => self.script(&text.text, None),
            inner => self.run_nested(inner, environment.clone()),
        }
    }

    /// Follows an alias, from the command itself or from the configuration; git's own commands are none.
    fn alias(&mut self, name: &str, words: &[Word], environment: Environment, place: Folder) {
        let name = name.to_ascii_lowercase();
        let own = self.aliases.iter().rev().find(|(alias, _)| *alias == name).map(|(_, text)| text.clone());
        let Some(text) = own.or_else(|| self.facts.aliases.get(&name).cloned()) else {
            if self.strangers.len() < MOST_FOLDERS && !self.strangers.contains(&place) {
                self.strangers.push(place);
            }
            return;
        };
        self.suspicious |= suspicious(&format!("git {text}"));
        match text.trim_start().strip_prefix('!') {
            Some(shell) => {
                self.in_shell(&Word::known(format!("{shell} \"$@\"")), Some(words.to_vec()), environment);
            }
            None => {
                let mut whole = git::alias_words(&text);
                whole.extend_from_slice(words);
                self.git_nested(&whole, &environment);
            }
        }
    }
}

/// Returns a file named to git, from where the shell starts; none if it is a pattern or not known.
fn file(place: &Folder, operand: &Word) -> Option<String> {
    if operand.text.starts_with(':') || operand.text.contains(['*', '?', '[']) {
        return None;
    }
    paths::join(place.path.as_deref(), operand)
}
