//! The shape of every answer: one object with schema, data, diagnostics and the commands worth running next.
//! Knows nothing of any one command.

use std::rc::Rc;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use wfo_base::{Diagnostic, Exit, Problem, text};

use crate::render::Paint;

/// What a command shows: serialised as it stands for JSON, worded for people.
pub(crate) trait View: Serialize {
    /// Words it for a terminal.
    fn text(&self, paint: Paint) -> String;

    /// Words it as Markdown for a person who reads it through an agent.
    fn markdown(&self) -> Result<String, Problem> {
        Ok(fenced(&self.text(Paint::plain())))
    }

    /// Returns what was noticed while it was made; it joins the answer's diagnostics.
    fn notes(&self) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Cuts its long lists to `limit` rows and counts what was cut.
    fn cut(&mut self, limit: usize) {
        let _ = limit;
    }
}

/// Puts words that may quote a repository into a fence that nothing in them closes.
fn fenced(words: &str) -> String {
    let longest = words.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{}\n{fence}text\n{}\n{fence}\n", text::QUOTE_HEADING, words.trim_end())
}

/// A finished answer.
pub(crate) struct Answer {
    /// `wfo.<command>/<version>`.
    pub(crate) schema: &'static str,
    /// What is shown.
    pub(crate) view: Box<dyn ErasedView>,
    /// What was noticed.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Commands worth running now.
    pub(crate) next: Vec<String>,
    /// The exit status.
    pub(crate) exit: Exit,
}

impl Answer {
    /// Makes an answer that says "done".
    pub(crate) fn new(schema: &'static str, view: impl View + 'static) -> Self {
        let diagnostics = view.notes();
        Self { schema, view: Box::new(view), diagnostics, next: Vec::new(), exit: Exit::Done }
    }

    /// Adds what was noticed.
    pub(crate) fn noting(mut self, notes: impl IntoIterator<Item = Diagnostic>) -> Self {
        self.diagnostics.extend(notes);
        self
    }

    /// Adds commands worth running now.
    pub(crate) fn next(mut self, commands: impl IntoIterator<Item = String>) -> Self {
        self.next.extend(commands);
        self
    }

    /// Has every word that is shown pass `hide`, in whatever form.
    pub(crate) fn hiding(mut self, hide: Hide) -> Self {
        self.next = self.next.iter().map(|command| hide(command)).collect();
        self.view = Box::new(Hidden { view: self.view, hide });
        self
    }

    /// Sets the exit status of a verdict.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

/// [`View`] without its type, so that answers of all commands are one type.
pub(crate) trait ErasedView {
    fn json(&self) -> Result<Box<RawValue>, serde_json::Error>;
    fn text(&self, paint: Paint) -> String;
    fn markdown(&self) -> Result<String, Problem>;
    fn cut(&mut self, limit: usize);
}

impl<V: View> ErasedView for V {
    fn json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        serde_json::value::to_raw_value(self)
    }
    fn text(&self, paint: Paint) -> String {
        View::text(self, paint)
    }
    fn markdown(&self) -> Result<String, Problem> {
        View::markdown(self)
    }
    fn cut(&mut self, limit: usize) {
        View::cut(self, limit);
    }
}

/// Returns a text of one or more lines as it may be shown.
pub(crate) type Hide = Rc<dyn Fn(&str) -> String>;

/// A view whose words pass a redactor when they are written.
struct Hidden {
    view: Box<dyn ErasedView>,
    hide: Hide,
}

impl ErasedView for Hidden {
    fn json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        let mut value: Value = serde_json::from_str(self.view.json()?.get())?;
        hide_in(&mut value, &self.hide);
        serde_json::value::to_raw_value(&value)
    }
    fn text(&self, paint: Paint) -> String {
        (self.hide)(&self.view.text(paint))
    }
    fn markdown(&self) -> Result<String, Problem> {
        self.view.markdown().map(|page| (self.hide)(&page))
    }
    fn cut(&mut self, limit: usize) {
        self.view.cut(limit);
    }
}

fn hide_in(value: &mut Value, hide: &Hide) {
    match value {
        Value::String(words) => *words = hide(words),
        Value::Array(list) => list.iter_mut().for_each(|value| hide_in(value, hide)),
        Value::Object(map) => map.values_mut().for_each(|value| hide_in(value, hide)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// One line of what was noticed, as it stands in the answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DiagnosticView {
    /// How bad it is for this answer.
    severity: SeverityView,
    /// Stable name; a row of `wfo-helper ref errors`.
    code: &'static str,
    /// What is wrong, with the value.
    message: String,
    /// The next command or edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Where it is.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<PlaceView>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SeverityView {
    Error,
    Warning,
    Info,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PlaceView {
    /// Path, relative to the repository where inside it.
    file: String,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// The most characters of a message or hint: both may quote what a stranger wrote.
const SENTENCE: usize = 500;

fn bounded(sentence: &str) -> String {
    text::clip(&text::one_line(sentence), SENTENCE).into_owned()
}

impl From<&Diagnostic> for DiagnosticView {
    fn from(note: &Diagnostic) -> Self {
        let problem = &note.problem;
        Self {
            severity: match note.severity {
                wfo_base::Severity::Error => SeverityView::Error,
                wfo_base::Severity::Warning => SeverityView::Warning,
                wfo_base::Severity::Info => SeverityView::Info,
            },
            code: problem.code.id,
            message: bounded(&problem.message),
            hint: problem.hint.as_deref().map(bounded),
            place: problem.location.as_ref().map(|place| PlaceView {
                file: place.file.clone(),
                line: place.line,
                column: place.column,
            }),
        }
    }
}

/// The one object on stdout.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Envelope<T> {
    /// `wfo.<command>/<version>`; the version rises only when a field goes or changes meaning.
    pub(crate) schema: String,
    /// Whether the command could do what it was asked; a negative verdict is still true.
    pub(crate) ok: bool,
    /// The answer; null when `ok` is false.
    pub(crate) data: T,
    /// What was noticed.
    pub(crate) diagnostics: Vec<DiagnosticView>,
    /// How many more there were, where one file has very many faults.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) diagnostics_more: Option<usize>,
    /// Commands worth running now.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) next: Vec<String>,
}

/// Names a schema and makes it: the whole answer of one command.
pub(crate) struct SchemaEntry {
    /// The command's words joined by `-`.
    pub(crate) name: &'static str,
    /// Makes it.
    pub(crate) make: fn() -> Schema,
}

impl SchemaEntry {
    /// Makes an entry for the answers that carry a `T`.
    pub(crate) const fn of<T: JsonSchema>(name: &'static str) -> Self {
        Self { name, make: schema_of::<T> }
    }
}

fn schema_of<T: JsonSchema>() -> Schema {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<Envelope<T>>()
}
