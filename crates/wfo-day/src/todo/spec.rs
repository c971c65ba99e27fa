//! `todo spec`: spec.md and plan.md where they are absent, and the tasks of plan.md in the TODO, as often as it is called.
//! What cannot be brought in as a whole changes nothing.

use wfo_base::{Diagnostic, Problem, Severity, codes};
use wfo_todo::documents::{Planning, tasks};
use wfo_todo::front::Front;
use wfo_todo::phase::Document;
use wfo_todo::plan_merge::{Merged, merge, planned, with_ids};
use wfo_todo::record::bring_in;
use wfo_todo::trace::{Pages, gaps};

use super::papers::{Ask, Bench, Brought, Looked, Papers, Put, State as PaperState};
use super::{Site, TRIES, archive, commit, files, manifest, put};

/// Writes what can be written, brings the tasks in, and says what is still to be asked.
///
/// # Errors
/// `todo.unknown`, `todo.answers-invalid`; for a plan that cannot be brought in `todo.task-odd` (an id stands twice), `plan.cycle`,
/// `plan.dependency-unknown`, `todo.value-invalid`; `todo.edit-refused`, `file.*`, `todo.changed`, `lock.timeout`.
pub fn spec(site: &Site<'_>, ask: Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Papers, Problem> {
    archive::complete(site, notes);
    site.locked(|| {
        let bench = Bench::open(site, ask, true, notes)?;
        let mut planning = bench.planning()?;
        let mut papers = Papers { slug: bench.name.slug.clone(), worktree: bench.worktree(), ..Papers::default() };
        let spec = bench.look(Document::Spec, &planning, true, notes)?;
        papers.add(Document::Spec, &spec);
        planning.spec = spec.page.clone().filter(|_| spec.state == PaperState::Written);
        let mut plan = bench.look(Document::Plan, &planning, can_begin(&bench, &planning), notes)?;
        for _ in 0..TRIES {
            let before = files::bytes(site.root(), &bench.file)?;
            let brought = bring(&bench, &mut plan, &before, notes)?;
            let after = brought.as_ref().map(|(_, page)| page.as_bytes()).filter(|page| *page != before);
            // The documents first: what is missing in the TODO then is brought in by the next call.
            if after.is_some() && files::bytes(site.root(), &bench.file)? != before {
                continue;
            }
            papers.add(Document::Plan, &plan);
            for one in spec.put.iter().chain(&plan.put) {
                one.write(site)?;
            }
            papers.message = commit::worded(&papers.written, &papers.slug);
            if let Some(page) = after {
                put::write(site, &bench.file, page)?;
                papers.written.push(bench.file.clone());
            }
            papers.written.extend(manifest::rebuild(site, None, notes));
            papers.tasks = brought.map(|(brought, _)| brought);
            notes.extend(without_epic(&plan, &planning));
            return Ok(papers);
        }
        Err(put::changed(&bench.file))
    })
}

/// Asks for the epic of each task of a new plan that fits none.
fn without_epic(plan: &Looked, planning: &Planning) -> Vec<Diagnostic> {
    let is_new = plan.put.as_ref().is_some_and(|put| put.before.is_none());
    let Some(text) = plan.page.as_deref().filter(|_| is_new) else { return Vec::new() };
    let pages = Pages { epics: planning.epics.as_deref(), plan: Some(text), ..Pages::default() };
    let folder = plan.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    gaps(&pages, &planned(text), &[]).iter().map(|gap| gap.problem(|_| folder.to_owned()).warning()).collect()
}

/// A new plan follows its specification, and has tasks.
fn can_begin(bench: &Bench<'_, '_>, planning: &Planning) -> bool {
    planning.spec.is_some() && !tasks(&bench.answers, planning).is_empty()
}

/// Compares plan and TODO; ids that the plan lacks go into its text. Returns the TODO's new page.
fn bring(
    bench: &Bench<'_, '_>,
    plan: &mut Looked,
    before: &[u8],
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<(Brought, String)>, Problem> {
    let Some(text) = plan.page.clone() else { return Ok(None) };
    let front = Front::read(&bench.file, before)?;
    let existing = wfo_todo::todo(&bench.file, front.page())?.value.tasks;
    let planned = planned(&text);
    let merged = merge(&existing, &planned, &plan.path);
    for note in &merged.notes {
        refuse(note)?;
    }
    let merged = merged.drain_into(notes);
    let page = bring_in(&front, &merged, bench.site.now())?;
    let named = with_ids(&text, &merged.ids);
    if named != text {
        give_ids(bench, plan, named)?;
    }
    Ok(Some((brought(&merged, planned.len()), page)))
}

/// What would leave a broken TODO is not brought in.
fn refuse(note: &Diagnostic) -> Result<(), Problem> {
    let of_plan = note.problem.location.as_ref().is_some_and(|place| place.line.is_some());
    let broken = match note.problem.code {
        codes::TODO_TASK_ODD | codes::PLAN_CYCLE => true,
        // a task of the TODO alone waited for it before
        codes::PLAN_DEPENDENCY_UNKNOWN => of_plan,
        _ => false,
    };
    if !broken || note.severity == Severity::Info {
        return Ok(());
    }
    let mut problem = note.problem.clone();
    if problem.code == codes::TODO_TASK_ODD {
        problem = problem.hint("give the second task an id of its own; nothing was written");
    }
    Err(problem)
}

fn give_ids(bench: &Bench<'_, '_>, plan: &mut Looked, named: String) -> Result<(), Problem> {
    match &mut plan.put {
        Some(put) => put.after = named.clone().into_bytes(),
        None => {
            if let Some(found) = bench.find(Document::Plan)? {
                let path = plan.path.clone();
                let after = named.clone().into_bytes();
                plan.put = Some(Put { root: found.root, path, before: Some(found.bytes), after });
            }
        }
    }
    plan.page = Some(named);
    Ok(())
}

fn brought(merged: &Merged, all: usize) -> Brought {
    let added: Vec<String> = merged.additions.iter().map(|one| one.id.clone()).collect();
    let changed: Vec<String> = merged.changes.iter().map(|one| one.id.clone()).collect();
    let unchanged = all.saturating_sub(added.len() + changed.len());
    Brought { added, changed, gone: merged.not_planned.clone(), unchanged }
}
