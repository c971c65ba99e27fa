//! `todo plan`: requirements.md, architecture.md and epics.md in the main checkout, from answers, the brief and what is known.

use wfo_base::{Diagnostic, Problem, codes, text::code_span};
use wfo_todo::documents::epic_circle;
use wfo_todo::phase::Document;

use super::papers::{Ask, Bench, Papers};
use super::{Site, archive, commit};

/// Writes what can be written, and says what is still to be asked.
///
/// # Errors
/// `todo.unknown`, `todo.answers-invalid`, `plan.cycle` for epics that wait for each other, `file.*`, `todo.changed`, `lock.timeout`.
pub fn plan(site: &Site<'_>, ask: Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Papers, Problem> {
    archive::complete(site, notes);
    site.locked(|| {
        let bench = Bench::open(site, ask, false, notes)?;
        let planning = bench.planning()?;
        let mut papers = Papers { slug: bench.name.slug.clone(), ..Papers::default() };
        let mut puts = Vec::new();
        for document in [Document::Requirements, Document::Architecture, Document::Epics] {
            let looked = bench.look(document, &planning, true, notes)?;
            if let (Document::Epics, Some(_), Some(circle)) = (document, &looked.put, epic_circle(&bench.answers)) {
                let message = format!("epics wait for each other in a circle: {}", code_span(&circle.join(", ")));
                let problem = Problem::new(codes::PLAN_CYCLE, message).hint("take one of the dependencies out");
                let file = ask.answers.map(|path| path.display().to_string()).unwrap_or_default();
                return Err(problem.in_file(file));
            }
            papers.add(document, &looked);
            puts.extend(looked.put);
        }
        for put in &puts {
            put.write(site)?;
        }
        papers.message = commit::worded(&papers.written, &papers.slug);
        Ok(papers)
    })
}
