//! Whether the runs of a gate may happen: each has a text (where, which words, which scripts), and a person says yes to it once.
//! What only reads, and comes from no repository, needs no yes.

use wfo_base::trust::{self, Approvals, Desk, Proposal, Subject};
use wfo_base::{Problem, codes, read, text};
use wfo_gate::report::redacted;
use wfo_gate::run::Planned;

use super::Prepared;
use crate::Place;
use crate::gate::Gates;
use crate::resolved::Resolved;

/// What an approval is for.
const KIND: &str = "gate.run";
/// Files whose scripts a run may call.
const SCRIPTS: [&str; 3] = ["package.json", "Makefile", "justfile"];
/// The most of a script that is compared: 1 MiB.
const SCRIPT: u64 = 1 << 20;

/// The text that an approval of a run covers; `None` when nothing of the repository is run by it. `own`: whether the row is the
/// repository's.
pub(super) fn text(place: &Place, run: &Planned, own: bool) -> Option<String> {
    if run.row.reads_only && !own && !run.program.local {
        return None;
    }
    let row = &run.row;
    let mut out = format!("in {}: {}\n", run.folder, run.program.words.join(" "));
    let forms: Vec<_> = row.forms.iter().map(|form| (&form.versions, &form.args, &form.staged)).collect();
    out += &serde_json::json!([row.args, row.staged, row.version, row.env, row.files, forms, run.staged]).to_string();
    let beside = SCRIPTS.iter().map(|name| match run.folder.as_str() {
        "" => (*name).to_owned(),
        folder => format!("{folder}/{name}"),
    });
    let program = run.program.words.first().filter(|word| word.contains('/') && !word.starts_with('/')).cloned();
    for name in beside.chain(program) {
        if let Some(digest) = digest(place, &name) {
            out += &format!("\n{name} {digest}");
        }
    }
    Some(out)
}

/// The digest of a file as far as it is run; of a package.json only the scripts are.
fn digest(place: &Place, name: &str) -> Option<String> {
    let bytes = read::raw(place.root(), name, SCRIPT).ok().flatten()?;
    let scripts = name.ends_with("package.json").then(|| {
        let parsed = serde_json::from_slice::<serde_json::Value>(&bytes).ok()?;
        Some(parsed.get("scripts").map(ToString::to_string).unwrap_or_default())
    });
    match scripts.flatten() {
        Some(scripts) => Some(trust::digest(&scripts)),
        None => Some(trust::digest_bytes(&bytes)),
    }
}

/// Which of the texts somebody has approved.
pub(super) fn approved(gates: &Gates<'_>, texts: &[Option<String>]) -> Result<Vec<bool>, Problem> {
    if texts.iter().all(Option::is_none) {
        return Ok(vec![true; texts.len()]);
    }
    let (approvals, checkout) = (Approvals::load(gates.home)?, gates.place.identity());
    let holds = |text: &Option<String>| text.as_ref().is_none_or(|text| approvals.holds(&checkout, KIND, text));
    Ok(texts.iter().map(holds).collect())
}

fn shown_folder(folder: &str) -> String {
    if folder.is_empty() { "the top".to_owned() } else { text::code_span(&redacted(folder)) }
}

/// The words of a run, as a person reads them.
#[must_use]
pub fn command(run: &Planned) -> String {
    let row = &run.row;
    let args = match row.words(None, run.staged) {
        Some(words) => words.args,
        // which form it is tells the version, when it runs
        None => row.forms.first().map_or(&row.args, |form| &form.args),
    };
    let words = run.program.words.iter().chain(args).map(|word| text::shell_word(word));
    words.collect::<Vec<_>>().join(" ")
}

impl Prepared {
    /// Says whether a person must be asked first.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        self.approved.contains(&false)
    }

    /// Says whether there is anything that a person could approve.
    #[must_use]
    pub fn has_texts(&self) -> bool {
        self.texts.iter().any(Option::is_some)
    }

    /// Each single thing that would run, in words.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let runs = self.plan.runs.iter().zip(&self.texts).filter(|(_, text)| text.is_some());
        runs.flat_map(|(run, text)| {
            let command = Resolved { command: command(run), files: files(text.as_deref()), open_ended: false };
            let lines = command.lines().into_iter();
            lines.map(|line| format!("{line} in {}", shown_folder(&run.folder))).collect::<Vec<_>>()
        })
        .collect()
    }

    /// What the yes is bound to.
    #[must_use]
    pub fn subject(&self, gates: &Gates<'_>) -> Subject {
        let checks: Vec<&str> = self.gate.checks.iter().map(|check| check.name.as_str()).collect();
        Subject {
            command: "gate run".to_owned(),
            arguments: serde_json::json!([self.gate.name, checks]).to_string(),
            main_checkout: gates.place.identity(),
            state: trust::digest(&serde_json::json!(self.texts).to_string()),
        }
    }

    /// Asks for the approval.
    ///
    /// # Errors
    /// When the proposal cannot be noted.
    pub fn propose(&self, gates: &Gates<'_>) -> Result<Proposal, Problem> {
        let title = format!("gate {} runs code of this repository ({})", self.gate.name, gates.place.name());
        Desk::new(gates.home).propose(&self.subject(gates), title, self.lines())
    }

    /// Notes a person's yes to these very texts; they may run from now on.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn approve(&mut self, gates: &Gates<'_>) -> Result<(), Problem> {
        let open = self.texts.iter().zip(&self.approved).filter(|(_, approved)| !**approved);
        for text in open.filter_map(|(text, _)| text.as_ref()) {
            Approvals::approve(gates.home, &gates.place.identity(), KIND, text)?;
        }
        self.approved = vec![true; self.texts.len()];
        Ok(())
    }

    /// Approves as it comes where the user's configuration says that nobody watches.
    ///
    /// # Errors
    /// As [`Prepared::approve`].
    pub fn approve_unattended(&mut self, gates: &Gates<'_>) -> Result<(), Problem> {
        if self.needs_person() && gates.config.flag("confirm.unattended") { self.approve(gates) } else { Ok(()) }
    }

    /// The problem that an unapproved call ends with.
    #[must_use]
    pub fn unapproved(&self) -> Problem {
        let first = self.planned().find(|(_, approved)| !approved).map(|(run, _)| command(run)).unwrap_or_default();
        let message = format!("nobody has approved what gate `{}` runs: `{}`", self.gate.name, text::quoted(&first));
        Problem::new(codes::COMMAND_UNAPPROVED, message)
            .hint("a person confirms the proposal once; then it runs until a word of it changes")
    }
}

fn files(text: Option<&str>) -> Vec<(String, String)> {
    let lines = text.unwrap_or_default().lines().skip(2);
    lines.filter_map(|line| line.rsplit_once(' ')).map(|(name, digest)| (name.to_owned(), digest.to_owned())).collect()
}
