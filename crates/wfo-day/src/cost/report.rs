//! `cost report`: gathers what a report needs, and writes its pages.

use std::path::{Component, Path, PathBuf};

use jiff::{ToSpan, civil::Date};
use wfo_base::{Diagnostic, Problem, Usd, atomic, codes, read, text::code_span};
use wfo_cost::prices::Status;
use wfo_cost::report::{Figures, Inputs, Offer, Offers, dashboard, figures, page, roi};
use wfo_cost::{Call, Kind};

use super::accounts::Accounts;
use super::collect::Collected;
use super::import::EVER;
use crate::tables;

/// What a report is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ReportAsk<'a> {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Whether it is about every project.
    pub all: bool,
    /// Whether a dashboard is wanted, and where: relative to the work tree; `Some(None)` = in its usual place.
    pub html: Option<Option<&'a Path>>,
}

/// A finished report.
#[derive(Debug)]
pub struct Reported {
    /// The figures.
    pub figures: Figures,
    /// The page.
    pub markdown: String,
    /// The files that were written (or would be).
    pub files: Vec<String>,
    /// Whether every transcript was read.
    pub complete: bool,
}

/// Makes a report, and writes it below `costs/`.
///
/// # Errors
/// As the looks at transcripts; `output.refused` for a dashboard in a place that must not be written; `file.not-written`.
pub fn report(accounts: &Accounts<'_>, ask: &ReportAsk<'_>, notes: &mut Vec<Diagnostic>) -> Result<Reported, Problem> {
    let today = accounts.clock.today();
    // Trends and anomalies look back further than the report does.
    let first = ask.from.min(today.saturating_sub(70.days()));
    let last = ask.to.max(today.last_of_month());
    let collected = accounts.collect(first, last, ask.all, notes)?;
    let (mut budgets, _) = accounts.limits(notes);
    // A limit of the user's is for all projects, one of the repository for this one.
    budgets.in_force.retain(|limit| match limit.origin {
        wfo_cost::Origin::User => ask.all,
        wfo_cost::Origin::Repository => !ask.all,
        wfo_cost::Origin::Default => true,
    });
    let tasks = accounts.tasks(notes);
    let offers = offers(accounts, notes);
    let kind = |model: &str| accounts.prices.find(model).map(|row| format!("{:?}", row.kind));
    let pricing = |model: &str, tier, at, tokens, searches| accounts.prices.usd(model, tier, at, tokens, searches);
    let stale: Vec<String> =
        accounts.prices.stale(today).into_iter().map(|note| note.problem.message.clone()).collect();
    let name = if ask.all { "all projects" } else { accounts.here.name.as_str() };
    let inputs = Inputs {
        title: name,
        spending: collected.spending(),
        budgets: &budgets,
        now: accounts.clock.now(),
        zone: &accounts.zone_name,
        pricing: &pricing,
        tasks: &tasks,
        offers: Offers { list: &offers, kind: &kind },
        notes: &stale,
    };
    let figures = figures(&inputs, ask.from, ask.to);
    notes.extend(super::collect::unpriced(&figures.period));
    // Figures of a part would be taken for the whole.
    let markdown = match collected.complete {
        true => page::markdown(&inputs, &figures)?,
        false => UNREAD_PAGE.to_owned(),
    };
    let mut pages = Vec::new();
    if let Some(folder) = accounts.pages(ask.all) {
        pages.push((folder.join("cost-report.md"), markdown.clone()));
        if ask.from == ask.to {
            pages.push((folder.join(format!("reports/daily-{}.md", ask.from)), markdown.clone()));
        }
    }
    if let Some(file) = &ask.html {
        let usual = || accounts.pages(ask.all).map(|folder| folder.join("reports/dashboard.html"));
        let Some(file) = file.map(|file| accounts.place.root().join(file)).or_else(usual) else {
            return Err(nowhere("the dashboard"));
        };
        pages.push((file, dashboard::html(&inputs, &figures)?));
    }
    let mut files = Vec::new();
    // Totals that are not known are shown, not kept.
    if collected.complete {
        let given = ask.html.flatten().is_some();
        for (at, (file, _)) in pages.iter().enumerate() {
            check(accounts, file, !(given && at + 1 == pages.len()))?;
        }
        for (file, text) in pages {
            write(accounts, &file, &text)?;
            files.push(accounts.place.shown(&file));
        }
    }
    Ok(Reported { figures, markdown, files, complete: collected.complete })
}

/// Checks the place of a page: never a file of another make, a way through links out of the project, or a folder that is not
/// for answers. `own` = one of our usual places.
fn check(accounts: &Accounts<'_>, path: &Path, own: bool) -> Result<(), Problem> {
    let root = accounts.place.shared_root();
    let shown = code_span(&accounts.place.shown(path));
    let refuse = |why: &str| {
        Err(Problem::new(codes::OUTPUT_REFUSED, format!("{shown} {why}, so nothing was written"))
            .hint("name another file, such as `--html costs.html`"))
    };
    if path.components().any(|part| part.as_os_str() == "..") || path.file_name().is_none() {
        return refuse("does not name a file by a straight way");
    }
    let inside = path.strip_prefix(root).ok();
    let is_closed = |part: Component<'_>| CLOSED.iter().any(|name| part.as_os_str().eq_ignore_ascii_case(name));
    if !own && inside.unwrap_or(path).components().any(is_closed) {
        return refuse("is inside a folder that is not for reports");
    }
    if let Some(inside) = inside {
        super::keep::check_folder(root)?;
        let real = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let leaves = |folder: &Path| std::fs::canonicalize(root.join(folder)).is_ok_and(|to| !to.starts_with(&real));
        if inside.ancestors().skip(1).any(leaves) {
            return refuse("leads out of the project by a link");
        }
    }
    let there = match inside {
        Some(inside) => read::page(root, &inside.to_string_lossy(), LIMIT)?,
        None => read::own(path, LIMIT)?,
    };
    match there {
        Some(page) if !page.text.lines().take(12).any(|line| line.contains(MARK)) => {
            refuse("holds something else than a cost report")
        }
        _ => Ok(()),
    }
}

/// Writes a page whose place was checked.
fn write(accounts: &Accounts<'_>, path: &Path, text: &str) -> Result<(), Problem> {
    if accounts.dry_run {
        return Ok(());
    }
    if accounts.costs_folder().is_some_and(|folder| path.starts_with(folder)) {
        super::keep::make_costs(accounts)?;
    }
    if let Some(folder) = path.parent() {
        atomic::make_folder(folder, false)?;
    }
    atomic::write(path, text.as_bytes())
}

/// The largest page that is looked at before it is replaced.
const LIMIT: u64 = 16 << 20;

/// What is shown instead of a report as long as transcripts are unread.
const UNREAD_PAGE: &str = "# Cost report\n\nNot all transcripts are read yet, so no total is known. Run `wfo-helper cost import`, then ask again.\n";
/// What every page of ours holds in its first lines.
const MARK: &str = "<!-- wfo.cost-";
/// Folders that no report is written into.
const CLOSED: [&str; 3] = [".git", ".claude", ".wfo"];

impl Accounts<'_> {
    /// Returns the folder of the pages: `costs/` of the project; for all projects a folder of the user's own, since what one
    /// project costs is no other's business. `None` outside a project.
    fn pages(&self, all: bool) -> Option<PathBuf> {
        if all { Some(self.home.wfo("cost")) } else { self.costs_folder() }
    }

    /// Returns where the project's costs are kept; `None` outside a repository, unless the folder is there.
    pub(super) fn costs_folder(&self) -> Option<PathBuf> {
        let folder = self.place.shared_root().join("costs");
        (self.place.repository().is_some() || folder.is_dir()).then_some(folder)
    }
}

/// Says that there is no project whose costs could be kept.
pub(super) fn nowhere(what: &str) -> Problem {
    Problem::new(codes::GIT_NONE, format!("this is no repository, so there is no place for {what}"))
        .hint("go into the repository, name it with `--repo DIR`, or make a folder `costs` here")
}

/// Which models could do which type of task: what the tables name for bulk work, summaries and extraction.
fn offers(accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Vec<Offer> {
    let rows = tables::MODEL_ROUTES.load(&accounts.layers).drain_into(notes);
    let current = |model: &str| accounts.prices.find(model).is_some_and(|row| row.status == Status::Current);
    let mut offers: Vec<Offer> = rows
        .into_iter()
        .filter_map(|(row, _)| Some(Offer { model: row.paid.or(row.model)?, task: row.task }))
        .filter(|offer| current(&offer.model))
        .collect();
    offers.sort_by(|a, b| (&a.task, &a.model).cmp(&(&b.task, &b.model)));
    offers.dedup();
    offers
}

/// Adds up what a feature cost, by part.
///
/// # Errors
/// As the looks at transcripts; `cost.feature-unknown` when nothing is put down to it.
pub fn feature_parts(accounts: &Accounts<'_>, name: &str, notes: &mut Vec<Diagnostic>) -> Result<roi::Parts, Problem> {
    let collected = accounts.collect(EVER.0, EVER.1, false, notes)?;
    let tasks = accounts.tasks(notes);
    let of = |feature: Option<&str>| feature == Some(name);
    let is_test = |call: &Call| tasks.task(call.skill.as_deref(), call.agent.as_deref()) == "testing";
    let calls: Vec<&Call> = collected.calls.iter().filter(|call| of(call.feature.as_deref())).collect();
    let rows: Vec<_> = collected.rows.iter().filter(|row| of(row.feature.as_deref())).collect();
    if calls.is_empty() && rows.is_empty() && collected.complete {
        let shown = wfo_base::text::clip(&wfo_base::text::one_line(name), 60).into_owned();
        return Err(Problem::new(codes::COST_FEATURE_UNKNOWN, format!("nothing was spent on a feature `{shown}`"))
            .hint("`wfo-helper cost feature` lists the features"));
    }
    let known = |sum: Option<Usd>| sum.filter(|_| collected.complete);
    let of_calls =
        |tests: bool| calls.iter().filter(|call| is_test(call) == tests).map(|call| call.usd).sum::<Option<Usd>>();
    let of_rows = |inference: bool| {
        let rows = rows.iter().filter(|row| (row.kind == Kind::Inference) == inference);
        rows.map(|row| row.usd).sum::<Option<Usd>>()
    };
    Ok(roi::Parts {
        inference: known(of_calls(false).zip(of_rows(true)).map(|(a, b)| a + b)),
        infrastructure: known(of_rows(false)),
        development: Some(Usd::ZERO),
        testing: known(of_calls(true)),
    })
}

/// When and where a feature was worked on.
#[derive(Debug, Default)]
pub struct Extent {
    /// First day with spend.
    pub from: Option<Date>,
    /// Last day with spend.
    pub to: Option<Date>,
    /// Its branches, by name.
    pub branches: Vec<String>,
}

impl Collected {
    /// Tells when and where a feature was worked on.
    #[must_use]
    pub fn of_feature(&self, name: &str) -> Extent {
        let calls = self.calls.iter().filter(|call| call.feature.as_deref() == Some(name));
        let calls = calls.map(|call| (call.day, call.branch.as_deref()));
        let rows = self.rows.iter().filter(|row| row.feature.as_deref() == Some(name));
        let rows = rows.map(|row| (row.day, row.branch.as_deref()));
        let mut extent = Extent::default();
        let mut branches = std::collections::BTreeSet::new();
        for (day, branch) in calls.chain(rows) {
            extent.from = Some(extent.from.map_or(day, |from| from.min(day)));
            extent.to = Some(extent.to.map_or(day, |to| to.max(day)));
            branches.extend(branch);
        }
        extent.branches = branches.into_iter().map(str::to_owned).collect();
        extent
    }
}
