//! The one place that prints. Turns an answer into JSON, text or Markdown and writes it to stdout or `--out`, once.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Exit, Problem, codes, text};

use crate::answer::{Answer, DiagnosticView, Envelope};
use crate::cli::{Color, Format, Globals};
use crate::render::Paint;

mod notes;
mod place;

/// How an answer is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    format: Format,
    paint: Paint,
    quiet: bool,
    verbose: bool,
    out: Option<PathBuf>,
    folder: PathBuf,
    limit: Option<usize>,
    max_tokens: Option<u64>,
}

impl Form {
    /// Reads the flags; without `--format`, text on a terminal and JSON otherwise.
    pub(crate) fn new(globals: &Globals) -> Self {
        let terminal = std::io::stdout().is_terminal() && globals.out.is_none();
        let default = if std::io::stdout().is_terminal() { Format::Text } else { Format::Json };
        let colour = match globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self {
            format: if globals.json { Format::Json } else { globals.format.unwrap_or(default) },
            paint: if colour { Paint::coloured() } else { Paint::plain() },
            quiet: globals.quiet,
            verbose: globals.verbose,
            out: globals.out.clone(),
            folder: globals.repo.clone().unwrap_or_else(|| PathBuf::from(".")),
            limit: globals.limit,
            max_tokens: globals.max_tokens,
        }
    }

    /// As this, without a limit of tokens.
    pub(crate) fn whole(self) -> Self {
        Self { max_tokens: None, ..self }
    }

    /// Guesses the form for a call that does not parse.
    pub(crate) fn guess(arguments: &[OsString]) -> Self {
        let words: Vec<_> = arguments.iter().filter_map(|word| word.to_str()).collect();
        let asks = |name: &str| {
            words.contains(&format!("--format={name}").as_str())
                || words.windows(2).any(|two| two == ["--format", name])
        };
        let format = match (asks("json") || words.contains(&"--json"), asks("text") || asks("markdown")) {
            (true, _) => Format::Json,
            (false, true) => Format::Text,
            (false, false) if std::io::stdout().is_terminal() => Format::Text,
            (false, false) => Format::Json,
        };
        Self {
            format,
            paint: Paint::plain(),
            quiet: false,
            verbose: false,
            out: None,
            folder: PathBuf::from("."),
            limit: None,
            max_tokens: None,
        }
    }
}

/// Finished text for stdout and stderr.
pub(crate) struct Printable {
    stdout: String,
    stderr: String,
    exit: Exit,
    /// Where stdout goes instead, and how a refusal of that is wanted.
    out: Option<(PathBuf, Form)>,
}

impl Printable {
    /// Prints text as it is, exit 0.
    pub(crate) fn plain(stdout: String) -> Self {
        Self { stdout, stderr: String::new(), exit: Exit::Done, out: None }
    }

    /// Ends a hook with words for a person on stderr, and nothing on stdout.
    pub(crate) fn failed(problem: &Problem, exit: Exit) -> Self {
        let stderr = notes::worded(&problem.clone().error(), Paint::plain());
        Self { stdout: String::new(), stderr, exit, out: None }
    }

    /// Blocks a tool call of the host: the reason goes to the model by stderr.
    pub(crate) fn blocked(reason: &str) -> Self {
        Self::on_stderr(format!("{reason}\n"), Exit::Block)
    }

    /// Ends with words on stderr and nothing on stdout.
    pub(crate) fn on_stderr(stderr: String, exit: Exit) -> Self {
        Self { stdout: String::new(), stderr, exit, out: None }
    }

    /// Prints the problem that ended a command.
    pub(crate) fn problem(problem: Problem, form: &Form) -> Self {
        Self::failure(problem, &[], form)
    }

    /// Prints the problem that ended a command, and behind it what was done all the same.
    pub(crate) fn failure(problem: Problem, done: &[Diagnostic], form: &Form) -> Self {
        let exit = match problem.code.exit {
            Exit::Done => Exit::Bug,
            exit => exit,
        };
        let note = problem.error();
        let (stdout, stderr) = if form.format == Format::Json {
            let envelope = Envelope {
                schema: "wfo.error/1".to_owned(),
                ok: false,
                data: (),
                diagnostics: std::iter::once(&note).chain(done).map(DiagnosticView::from).collect(),
                diagnostics_more: None,
                next: Vec::new(),
            };
            (json_line(&envelope), String::new())
        } else {
            let lines = std::iter::once(&note).chain(done).map(|note| notes::worded(note, form.paint));
            (String::new(), lines.collect())
        };
        // An error goes to stdout even with --out: the file is for answers.
        Self { stdout, stderr, exit, out: None }
    }

    /// Prints an answer in the form that is wanted.
    pub(crate) fn answer(mut answer: Answer, form: &Form) -> Self {
        if let Some(limit) = form.limit {
            answer.view.cut(limit);
        }
        let more = notes::bound(&mut answer.diagnostics);
        let mut stdout = match written(&answer, more, form) {
            Ok(stdout) => stdout,
            Err(problem) => return Self::problem(problem, form),
        };
        if let Some(most) = form.max_tokens {
            // Halving needs few tries and keeps as many rows as fit, within a factor of two.
            let mut limit = form.limit.unwrap_or(64).min(64);
            while text::tokens(&stdout) > most {
                answer.view.cut(limit);
                match written(&answer, more, form) {
                    Ok(shorter) => stdout = shorter,
                    Err(problem) => return Self::problem(problem, form),
                }
                if limit == 0 {
                    if text::tokens(&stdout) > most {
                        answer.diagnostics.push(over_limit(text::tokens(&stdout), most));
                        stdout = written(&answer, more, form).unwrap_or(stdout);
                    }
                    break;
                }
                limit /= 2;
            }
        }
        let stderr =
            if form.format == Format::Json { String::new() } else { notes::told(&answer.diagnostics, more, form) };
        let out = form.out.clone().map(|path| (path, form.clone()));
        if out.is_some() {
            stdout.insert_str(0, &mark(answer.schema, form.format));
        }
        Self { stdout, stderr, exit: answer.exit, out }
    }

    /// Sends text that is printed as it is to the file that was asked for.
    pub(crate) fn sent(mut self, form: &Form) -> Self {
        if self.exit == Exit::Done && !self.stdout.is_empty() {
            self.out = form.out.clone().map(|path| (path, form.clone()));
        }
        self
    }
}

fn over_limit(tokens: u64, most: u64) -> Diagnostic {
    Problem::new(
        codes::OUTPUT_OVER_LIMIT,
        format!("the answer has {tokens} tokens with every list cut; --max-tokens asks for {most} at most"),
    )
    .hint("allow more tokens, or ask for less")
    .info()
}

fn written(answer: &Answer, more: usize, form: &Form) -> Result<String, Problem> {
    match form.format {
        Format::Json => {
            let data = answer
                .view
                .json()
                .map_err(|error| Problem::new(codes::BUG, format!("the answer cannot be written: {error}")))?;
            Ok(json_line(&Envelope {
                schema: answer.schema.to_owned(),
                ok: true,
                data,
                diagnostics: answer.diagnostics.iter().map(DiagnosticView::from).collect(),
                diagnostics_more: (more > 0).then_some(more),
                next: answer.next.clone(),
            }))
        }
        Format::Text => Ok(ended(answer.view.text(form.paint))),
        Format::Markdown => answer.view.markdown().map(ended),
    }
}

/// Returns the first line by which a later call knows a file as an answer; JSON has its schema.
fn mark(schema: &str, format: Format) -> String {
    match format {
        Format::Json => String::new(),
        Format::Text => format!("# {schema}\n"),
        Format::Markdown => format!("<!-- {schema} -->\n"),
    }
}

fn json_line(envelope: &impl serde::Serialize) -> String {
    match serde_json::to_string(envelope) {
        Ok(line) => hidden_escaped(&line) + "\n",
        Err(error) => format!(
            "{{\"schema\":\"wfo.error/1\",\"ok\":false,\"data\":null,\"diagnostics\":[{{\"severity\":\"error\",\"code\":\"bug.internal\",\"message\":{:?}}}]}}\n",
            error.to_string()
        ),
    }
}

/// Writes characters that hide or turn text around as escapes: the value stays, and a terminal is not moved by it.
fn hidden_escaped(line: &str) -> String {
    let hides = |c: char| (c == '\u{7f}' || !c.is_ascii()) && text::one_line(c.encode_utf8(&mut [0; 4])).is_empty();
    if line.is_ascii() && !line.contains('\u{7f}') {
        return line.to_owned();
    }
    line.chars().fold(String::with_capacity(line.len()), |mut out, c| {
        match hides(c) {
            true => out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
            false => out.push(c),
        }
        out
    })
}

fn ended(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Prints, and returns the exit status.
pub(crate) fn deliver(printable: Printable) -> Exit {
    let exit = match &printable.out {
        Some((path, form)) => match write_out(path, &form.folder, &printable.stdout) {
            Ok(()) => printable.exit,
            Err(problem) => return deliver(Printable::problem(problem, form)),
        },
        None => match print(std::io::stdout(), &printable.stdout) {
            Ok(()) => printable.exit,
            Err(error) => {
                let problem =
                    Problem::new(codes::OUTPUT_FAILED, format!("the answer could not be written to stdout: {error}"))
                        .hint("check the free space, or write to a file with `--out FILE`");
                let _ = print(std::io::stderr(), &notes::worded(&problem.error(), Paint::plain()));
                return codes::OUTPUT_FAILED.exit;
            }
        },
    };
    // Nothing is left to be told where not even stderr can be written.
    let _ = print(std::io::stderr(), &printable.stderr);
    exit
}

fn write_out(path: &Path, folder: &Path, text: &str) -> Result<(), Problem> {
    place::check(path, folder)?;
    wfo_base::atomic::write(path, text.as_bytes())
}

/// Writes everything; a reader that went away is no fault.
fn print(mut channel: impl Write, text: &str) -> std::io::Result<()> {
    match channel.write_all(text.as_bytes()).and_then(|()| channel.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Makes a panic an honest answer: exit 1 and what to report.
pub(crate) fn on_panic() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        let problem = Problem::new(codes::BUG, format!("wfo-helper {} broke at {place}", env!("CARGO_PKG_VERSION")))
            .hint("report it with the command you ran and this line");
        let arguments: Vec<_> = std::env::args_os().collect();
        let printable = Printable::problem(problem, &Form::guess(&arguments));
        deliver(printable);
        #[expect(clippy::exit, reason = "the build aborts on panic; the contract's status for our own faults is 1")]
        std::process::exit(i32::from(Exit::Bug.status()));
    }));
}
