//! `release notes`: what changed for users, grouped, in Markdown; with `--write` as a section of CHANGELOG.md.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, codes, text};
use wfo_day::release::write_notes;
use wfo_todo::version;

use super::{Call, From, Outcome};
use crate::answer::{Answer, View};
use crate::render::Paint;

/// Write the notes of a release from its commits
///
/// Breaking changes first, then by kind; merges and what was taken back are left out. `--write` puts them into CHANGELOG.md, above the
/// newest version; a version that stands there is left alone (exit 22).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    from: From,
    /// The version that they are for [default: the one `release version` proposes]
    #[arg(long, value_name = "V")]
    for_version: Option<String>,
    /// Put them into CHANGELOG.md
    #[arg(long)]
    write: bool,
}

/// The notes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// The version that they are for.
    version: String,
    /// Where the commits begin: a tag, or what was named; null = at the first commit.
    base: Option<String>,
    /// How many commits were read.
    commits: usize,
    /// Whether all of them were read.
    complete: bool,
    /// The notes.
    markdown: String,
    /// The file that holds them, or would; absent without `--write`.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'static str>,
}

impl View for Shown {
    fn text(&self, _: Paint) -> String {
        let written = self.file.map(|file| {
            let word = if self.applied { "written to" } else { "would be written to" };
            format!("\n{word} {file}\n")
        });
        self.markdown.clone() + &written.unwrap_or_default()
    }

    // The words of others are escaped in them: no mark of theirs counts.
    fn markdown(&self) -> Result<String, Problem> {
        Ok(self.markdown.clone())
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let wanted = args.for_version.as_deref().map(named).transpose()?;
    let release = call.look(&args.from, notes)?;
    let proposed = || release.hotfix.clone().unwrap_or_else(|| release.proposal.version.to_string());
    let wanted = wanted.unwrap_or_else(proposed);
    let date = call.context.clock.today().to_string();
    let written = version::notes(&wanted, Some(&date), &release.commits);
    let markdown = call.rules.without_secrets_in_lines(&written);
    let dry_run = call.context.globals.dry_run;
    let file = match args.write {
        true => Some(write_notes(call.place, &markdown, &wanted, dry_run)?.file),
        false => None,
    };
    let view = Shown {
        applied: file.is_some() && !dry_run,
        version: wanted,
        base: release.base.as_deref().map(text::quoted),
        commits: release.commits.len(),
        complete: !release.cut,
        markdown,
        file,
    };
    Ok(Answer::new("wfo.release-notes/1", view).into())
}

fn named(text: &str) -> Result<String, Problem> {
    match version::read(text) {
        Some(_) => Ok(text.trim().to_owned()),
        None => {
            let shown = text::code_span(text);
            Err(Problem::new(codes::RELEASE_VERSION, format!("{shown} is not a version"))
                .hint("write it as semantic versioning says, such as `1.4.0` or `v1.4.0-rc.1`"))
        }
    }
}
