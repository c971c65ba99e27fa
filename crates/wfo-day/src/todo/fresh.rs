//! `todo new`: a TODO file from its template, with what is known about the project in it; its brief, where one is wanted.
//! Writes nothing over anything: a slug that active work has is refused.

use wfo_base::{Diagnostic, Problem, codes, read, text};
use wfo_todo::feedback::lineage;
use wfo_todo::record::{self, FreshTodo, fresh_todo, require_slug};
use wfo_todo::{Kind, Workflow};

use super::files::names;
use super::{Site, archive, brief, manifest};
use crate::init::create_file as create;

/// Files by which a project says that it is put into containers.
const CONTAINERS: [&str; 8] = [
    "Containerfile",
    "Dockerfile",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "podman-compose.yaml",
    "podman-compose.yml",
];

/// What `todo new` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    /// Feature, release or hotfix.
    pub kind: Kind,
    /// The slug.
    pub slug: &'a str,
    /// Its title.
    pub title: Option<&'a str>,
    /// What it is about.
    pub description: Option<&'a str>,
    /// Account name of who does it.
    pub user: Option<&'a str>,
    /// The version it will have.
    pub version: Option<&'a str>,
    /// The file of the work item that it comes from, from the main checkout.
    pub work_item: Option<&'a str>,
    /// Write a brief too.
    pub brief: bool,
}

/// A new workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What its file records.
    pub workflow: Workflow,
    /// Files that were made or changed, or would be.
    pub files: Vec<String>,
    /// The brief, where one was asked for; it may have been there.
    pub brief: Option<String>,
    /// From which work item it comes.
    pub work_item: Option<String>,
}

/// Makes a workflow.
///
/// # Errors
/// `todo.slug-invalid`, `todo.exists`, `file.missing` for the work item, `file.*`, `lock.timeout`.
pub fn make(site: &Site<'_>, ask: &Fresh<'_>, notes: &mut Vec<Diagnostic>) -> Result<Made, Problem> {
    require_slug(ask.slug)?;
    let (item, title) = match ask.work_item {
        Some(file) => work_item(site, file).map(|(item, title)| (Some(item), title))?,
        None => (None, None),
    };
    let title = ask.title.map(str::to_owned).or(title).unwrap_or_default();
    let new = page(site, ask, (&title, item.as_deref()), notes)?;
    let workflow = wfo_todo::todo(&new.file_name, &new.page)?.drain_into(notes);
    archive::complete(site, notes);
    site.locked(|| {
        if let Some((present, _)) = names(site.root()).into_iter().find(|(_, parts)| parts.slug == ask.slug) {
            return Err(exists(&present, "take another slug, or archive it first: `wfo-helper todo archive`"));
        }
        let mut files = vec![new.file_name.clone()];
        if !site.dry_run && !create(site.root(), &new.file_name, new.page.as_bytes(), false)? {
            return Err(exists(&new.file_name, "run the command again"));
        }
        let about = brief::About {
            title: &workflow.title,
            description: ask.description.unwrap_or_default(),
            work_item: item.as_deref(),
        };
        let brief = ask.brief.then(|| brief::write(site, &new, about, &mut files, notes)).transpose()?;
        files.extend(manifest::rebuild(site, None, notes));
        Ok(Made { workflow, files, brief, work_item: item })
    })
}

pub(super) fn exists(file: &str, hint: &str) -> Problem {
    Problem::new(codes::TODO_EXISTS, format!("`{file}` is there already")).hint(hint).in_file(file)
}

fn page(
    site: &Site<'_>,
    ask: &Fresh<'_>,
    (title, item): (&str, Option<&str>),
    notes: &mut Vec<Diagnostic>,
) -> Result<FreshTodo, Problem> {
    let place = site.place();
    let config = place.config(site.home);
    let stack = crate::stack(place, &config, site.home).drain_into(notes);
    let known = |name: &&&str| read::find(site.root(), name).is_ok_and(|found| found.is_some());
    let containers: Vec<String> = CONTAINERS.iter().filter(known).map(|name| (*name).to_owned()).collect();
    let base = base(site, ask.kind);
    let fresh = record::Fresh {
        slug: ask.slug,
        title,
        description: ask.description.unwrap_or_default(),
        user: ask.user,
        stack: stack.kinds.first().map(String::as_str),
        package_manager: stack.package_manager.as_deref(),
        test_framework: stack.commands.test.as_deref(),
        containers: &containers,
        base: base.as_ref().map(|(branch, commit)| (branch.as_str(), commit.as_str())),
        version: ask.version,
        work_item: item,
    };
    fresh_todo(ask.kind, &fresh, site.now())
}

/// Returns branch and commit that a release or hotfix starts from.
fn base(site: &Site<'_>, kind: Kind) -> Option<(String, String)> {
    let repository = site.place().repository().filter(|_| kind != Kind::Feature)?;
    Some((repository.branch()?, wfo_git::commit_id(repository, "HEAD").ok()?))
}

/// Reads a work item: its path, and the heading of its page.
fn work_item(site: &Site<'_>, file: &str) -> Result<(String, Option<String>), Problem> {
    let page = read::page(site.root(), file, read::PAGE_LIMIT)?.ok_or_else(|| {
        Problem::new(codes::FILE_MISSING, format!("there is no {}", text::code_span(file)))
            .hint("name a file below `planning/`, as `pr feedback` writes them")
    })?;
    let known = lineage(&page.text).and_then(|lineage| lineage.title);
    let heading = || {
        wfo_base::markdown::lines(&page.text).find_map(|(_, line)| match line {
            wfo_base::markdown::Line::Heading { text, .. } => Some(text.to_owned()),
            _ => None,
        })
    };
    Ok((file.to_owned(), known.or_else(heading).map(|title| text::clip(&title, 200).into_owned())))
}
