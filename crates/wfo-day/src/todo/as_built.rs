//! `todo asbuilt`: what was measured, put into the planning documents as `## As-Built` sections; everything else in them stays.
//! Writes only documents that are there.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, tz::TimeZone};
use wfo_base::{Diagnostic, Problem, Usd, atomic, codes, read};
use wfo_git::FileExtent;
use wfo_todo::as_built::{self, Built, Deviation, Measured};
use wfo_todo::phase::{Document, Fact};
use wfo_todo::plan_merge::planned;
use wfo_todo::trace::{Pages, TechnologyRow};
use wfo_todo::{TaskStatus, TodoTask};

use super::Site;
use super::built::{Scene, lines, require_own};
use crate::tables;

/// Files that name technologies.
const MANIFESTS: [&str; 10] = [
    "package.json",
    "Cargo.toml",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yaml",
];
/// How many of them are read.
const READ: usize = 20;

/// What was measured and written.
#[derive(Debug)]
pub struct AsBuilt {
    /// The slug.
    pub slug: String,
    /// Where the commits are known from: `branch`, `merge` or `squash`; `None` = they are not known.
    pub from: Option<&'static str>,
    /// The figures.
    pub measured: Measured,
    /// What it cost.
    pub cost: Fact<Usd>,
    /// Documents that changed, or would, by the checkout that holds them.
    pub written: Vec<Written>,
    /// Differences between what was planned and what is there.
    pub deviations: Vec<Deviation>,
    /// The message of the commit that keeps the documents.
    pub message: String,
}

/// Documents of one checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The checkout.
    pub checkout: PathBuf,
    /// Whether that is the main one.
    pub in_main: bool,
    /// The documents, from its top.
    pub files: Vec<String>,
}

/// A document that is there.
struct Page {
    document: Document,
    root: PathBuf,
    path: String,
    text: String,
    /// Without the section that was written before: that is no plan.
    plain: String,
}

/// Measures a workflow and writes the sections.
///
/// # Errors
/// `todo.no-documents`, `todo.marks-broken`, `file.*`, and what choosing a workflow answers. Nothing is written then.
pub fn as_built(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<AsBuilt, Problem> {
    let scene = Scene::look(site, wanted, notes)?;
    let slug = scene.current.workflow.slug.clone();
    let tasks = &scene.current.workflow.said.tasks;
    let root = scene.root();
    let main = scene.main.root().to_owned();
    let pages = pages(&slug, &root, &main)?;
    let cost = scene.cost(site, notes);
    let files = scene.files();
    let measured = measured(site, &scene, &pages, &cost, &files, notes);
    let text = |document| pages.iter().find(|page| page.document == document).map(|page| page.plain.as_str());
    let plan = text(Document::Plan);
    let planned = plan.map(planned).unwrap_or_default();
    let names: Option<Vec<String>> = files.known().map(|files| files.iter().map(|file| file.path.clone()).collect());
    let manifests = names.as_ref().map(|names| manifests(&root, names));
    let technologies: Vec<TechnologyRow> = site.rows(&tables::TECHNOLOGIES, notes);
    let deviations = as_built::deviations(&Built {
        pages: Pages {
            requirements: text(Document::Requirements),
            architecture: text(Document::Architecture),
            epics: text(Document::Epics),
            spec: text(Document::Spec),
            plan,
        },
        planned: &planned,
        tasks,
        files: names.as_deref(),
        manifests: manifests.as_deref(),
        technologies: &technologies,
    });
    let changed = write(site, &pages, &measured, &deviations)?;
    let mut written: Vec<Written> = Vec::new();
    for (checkout, file) in changed {
        match written.iter_mut().find(|group| group.checkout == checkout) {
            Some(group) => group.files.push(file),
            None => written.push(Written { in_main: checkout == main, checkout, files: vec![file] }),
        }
    }
    Ok(AsBuilt {
        from: scene.span.known().map(|span| span.from),
        measured,
        cost,
        written,
        deviations,
        message: format!("docs(planning): as-built notes of {slug}"),
        slug,
    })
}

/// Reads the documents, each where the others are, else in the main checkout.
fn pages(slug: &str, root: &Path, main: &Path) -> Result<Vec<Page>, Problem> {
    let mut out = Vec::new();
    for document in Document::ALL {
        let path = document.path(slug);
        for root in [root, main] {
            let Some(bytes) = read::raw(root, &path, read::PAGE_LIMIT)? else { continue };
            require_own(root, &path)?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Problem::new(codes::FILE_NOT_UTF8, format!("`{path}` is not UTF-8, so it is not edited"))
                    .hint("save it as UTF-8, then run the command again")
                    .in_file(&path)
            })?;
            let plain = as_built::without(&text);
            out.push(Page { document, root: root.to_owned(), path, text, plain });
            break;
        }
    }
    if out.is_empty() {
        let message = format!("`{slug}` has no planning document and no specification to write to");
        return Err(Problem::new(codes::TODO_NO_DOCUMENTS, message)
            .hint("`wfo-helper todo plan SLUG` and `wfo-helper todo spec SLUG` write them"));
    }
    Ok(out)
}

fn measured(
    site: &Site<'_>,
    scene: &Scene,
    pages: &[Page],
    cost: &Fact<Usd>,
    files: &Fact<Vec<FileExtent>>,
    notes: &mut Vec<Diagnostic>,
) -> Measured {
    let commits = scene.commits();
    let times = match &commits {
        Fact::Known(commits) => commits.times.map_or_else(|| Fact::unknown("there is no commit"), Fact::Known),
        Fact::Unknown(why) => Fact::unknown(why.as_str()),
    };
    let day = |seconds: i64| {
        let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        moment.to_zoned(TimeZone::UTC).date()
    };
    let days = map(&times, |(from, to)| {
        let days = day(*to).since(day(*from)).map(|span| span.get_days()).unwrap_or(0);
        u64::try_from(days).unwrap_or(0) + 1
    });
    let text = |document| pages.iter().find(|page| page.document == document).map(|page| page.plain.as_str());
    let plan = text(Document::Plan).map(|text| planned(text).len() as u64);
    let tasks: &[TodoTask] = &scene.current.workflow.said.tasks;
    let done = tasks.iter().filter(|task| task.status == TaskStatus::Completed).count() as u64;
    Measured {
        range: map(&commits, |commits| commits.range.clone()),
        dates: map(&times, |(from, to)| (day(*from).to_string(), day(*to).to_string())),
        commits: map(&commits, |commits| commits.count),
        days,
        files: map(files, |files| {
            let (added, removed) = lines(files);
            (files.len() as u64, added, removed)
        }),
        cost: map(cost, |usd| usd.cents()),
        coverage: scene.coverage(site, notes),
        planned: plan.map_or_else(|| Fact::unknown("there is no plan.md"), Fact::Known),
        tasks: Fact::Known((done, tasks.len() as u64)),
        estimates: estimates(&scene.root(), scene.main.root(), &scene.current.workflow.slug, pages),
    }
}

fn map<T, U>(fact: &Fact<T>, work: impl FnOnce(&T) -> U) -> Fact<U> {
    match fact {
        Fact::Known(value) => Fact::Known(work(value)),
        Fact::Unknown(why) => Fact::unknown(why.as_str()),
    }
}

fn estimates(root: &Path, main: &Path, slug: &str, pages: &[Page]) -> Vec<(&'static str, String)> {
    let brief = format!("planning/{slug}/BRIEF.md");
    let brief = [root, main].iter().find_map(|root| read::page(root, &brief, read::PAGE_LIMIT).ok().flatten());
    let brief = brief.and_then(|page| Some(("BRIEF.md", as_built::estimate(&page.text)?)));
    let of = |document, name| {
        let page = pages.iter().find(|page| page.document == document)?;
        Some((name, as_built::estimate(&page.plain)?))
    };
    brief.into_iter().chain(of(Document::Epics, "epics.md")).chain(of(Document::Plan, "plan.md")).collect()
}

/// Joins the changed files that name technologies.
fn manifests(root: &Path, changed: &[String]) -> String {
    let fits = |path: &&String| MANIFESTS.contains(&path.rsplit('/').next().unwrap_or_default());
    let pages = changed.iter().filter(fits).take(READ).filter_map(|path| read::page(root, path, 256 << 10).ok()?);
    pages.map(|page| page.text + "\n").collect()
}

/// Writes the sections; all documents are looked at before the first is written.
fn write(
    site: &Site<'_>,
    pages: &[Page],
    measured: &Measured,
    deviations: &[Deviation],
) -> Result<Vec<(PathBuf, String)>, Problem> {
    let mut changed = Vec::new();
    for page in pages {
        let section = as_built::section(page.document, measured, deviations);
        let after = as_built::put(&page.text, &section, &page.path)?;
        if after != page.text {
            changed.push((page, after));
        }
    }
    if !site.dry_run {
        site.locked(|| {
            for (page, after) in &changed {
                let now = read::raw(&page.root, &page.path, read::PAGE_LIMIT)?;
                if now.as_deref() != Some(page.text.as_bytes()) {
                    return Err(super::put::changed(&page.path));
                }
                atomic::write_tidy(&page.root.join(&page.path), after.as_bytes())?;
            }
            Ok(())
        })?;
    }
    Ok(changed.into_iter().map(|(page, _)| (page.root.clone(), page.path.clone())).collect())
}
