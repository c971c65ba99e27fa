//! Reads the text of a shell command into its simple commands, as sh and bash would split it.
//! Never expands what only the running shell knows: such parts of a word are marked as unknown.
//! Time is linear and nesting is bounded; what goes beyond is a [`Fault`], never a guess.

mod ansi;
mod braces;
mod compound;
mod cursor;
mod heredoc;
mod redirect;
mod words;

use std::collections::HashMap;

use cursor::Cursor;

/// Stands in a word's text for a part that only the running shell knows. No argument can hold this character.
pub const UNKNOWN: char = '\0';

/// The deepest nesting of substitutions, subshells and `case` that is followed.
const DEEPEST: usize = 60;

/// One word of a command, after quotes are removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// The text; [`UNKNOWN`] stands for each part that cannot be known.
    pub text: String,
    /// Whether any part was quoted.
    pub quoted: bool,
    /// Whether it may turn into several words, or into an option: an unquoted variable, `"$@"`.
    pub open: bool,
    /// Whether it is a process substitution, whose content is a program's output.
    pub process: bool,
}

impl Word {
    /// Makes a word whose whole text is known.
    #[must_use]
    pub fn known(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Makes a word of which nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self { text: UNKNOWN.to_string(), open: true, ..Self::default() }
    }

    /// Returns the text if all of it is known.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        (!self.text.contains(UNKNOWN)).then_some(self.text.as_str())
    }

    /// Returns the part after the last `/` if that part is known.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        let base = self.text.rsplit('/').next().unwrap_or_default();
        (!base.contains(UNKNOWN)).then_some(base)
    }
}

/// What a redirection does with its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirection {
    /// Reads a file or a descriptor.
    Read,
    /// Writes a file, whether from its start or at its end.
    Write,
    /// Hands the target's text over as standard input (`<<<`).
    Text,
    /// Hands over the here-document of this number in [`Script::bodies`].
    Body(usize),
}

/// One redirection of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// What is done.
    pub kind: Redirection,
    /// The file, descriptor, or text; of a here-document its end mark.
    pub target: Word,
}

/// One simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// Assignments before the command word, in order.
    pub assignments: Vec<(String, Word)>,
    /// The command word and its arguments; none where there are only assignments or redirections.
    pub words: Vec<Word>,
    /// Its redirections, in order.
    pub redirects: Vec<Redirect>,
    /// Whether its standard input is the output of the command before.
    pub piped: bool,
}

/// What happens, in order of the text; what a substitution runs comes before the command it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A command runs.
    Run(Command),
    /// A subshell begins: changes of folder and variables end with it.
    Enter,
    /// The subshell ends.
    Leave,
}

/// Why a text could not be followed to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A quote, bracket or substitution has no end.
    Open,
    /// A bracket or operator stands where none can.
    Stray,
    /// Nested deeper than is followed.
    Deep,
    /// More text, counted with all that it hands to other shells, than is followed.
    Long,
}

/// The commands of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// What happens.
    pub steps: Vec<Step>,
    /// The here-documents, as the command would read them.
    pub bodies: Vec<String>,
    /// Why the rest is not known, if something is wrong.
    pub fault: Option<Fault>,
}

/// The variables whose values the text itself tells; `None` is a variable that is set to something unknown.
pub type Variables = HashMap<String, Option<String>>;

/// What is known around a text, and how much more may be read.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Variables set so far.
    pub variables: Variables,
    /// The positional parameters `$1`, `$2` ..., if they are known.
    pub positional: Option<Vec<Word>>,
    /// How many more bytes may be looked at.
    pub budget: usize,
}

impl Surroundings {
    /// Makes surroundings in which nothing is set, for a text of this many bytes.
    #[must_use]
    pub fn for_length(bytes: usize) -> Self {
        let variables = HashMap::from([("IFS".to_owned(), Some(" ".to_owned()))]);
        Self { variables, positional: None, budget: bytes.saturating_mul(8).saturating_add(64 * 1024) }
    }
}

/// Splits a text into its simple commands. Zero bytes in it count as unknown parts.
#[must_use]
pub fn parse(text: &str, around: &mut Surroundings) -> Script {
    let mut output = Output { script: Script::default(), around, depth: 0 };
    // Beginning to read costs too, so that a short text cannot be read very often.
    if output.spend(text.len().saturating_add(64)) {
        Cursor::new(text.as_bytes(), &mut output).list(compound::Until::End);
    }
    output.script
}

/// What all cursors over nested texts share.
struct Output<'a> {
    script: Script,
    around: &'a mut Surroundings,
    depth: usize,
}

impl Output<'_> {
    /// Takes bytes from the budget; says whether there were enough.
    fn spend(&mut self, bytes: usize) -> bool {
        match self.around.budget.checked_sub(bytes) {
            Some(rest) => self.around.budget = rest,
            None => {
                self.around.budget = 0;
                self.fail(Fault::Long);
            }
        }
        self.script.fault.is_none()
    }

    /// Notes the first thing that is wrong.
    fn fail(&mut self, fault: Fault) {
        self.script.fault.get_or_insert(fault);
    }

    /// Goes one level down; says whether that is still followed.
    fn deeper(&mut self) -> bool {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.fail(Fault::Deep);
        }
        self.script.fault.is_none()
    }

    /// Notes a variable's value; two different values make it unknown, for either may hold where it is used.
    fn assign(&mut self, name: &str, value: Option<String>) {
        let value = match self.around.variables.get(name) {
            Some(before) if *before != value => None,
            _ => value,
        };
        self.around.variables.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
