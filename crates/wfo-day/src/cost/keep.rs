//! Keeps the ledger of a repository and the files that are derived from it. One writer at a time; what is right already is
//! not written. Older files of somebody else's making become ledger rows first and are kept as `.bak`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use wfo_base::{Diagnostic, Problem, Usd, atomic, codes, read};
use wfo_cost::derived;
use wfo_cost::ledger::{Ledger, changes, line};
use wfo_cost::legacy::{Known, Legacy, LegacyPages, legacy};
use wfo_cost::{Origin, Page, Row};

use super::accounts::Accounts;
use super::collect::LEDGER;
use super::import::index_lost;
use super::transcripts::Transcripts;

/// The running total of the month.
const MONTH: &str = "costs/mtd.json";
/// The repository's limits.
const BUDGET: &str = "costs/budget-config.json";
/// The largest derived file that is looked at.
const LIMIT: u64 = read::PAGE_LIMIT;

/// What became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Lines that were appended to the ledger.
    pub appended: usize,
    /// Rows of the ledger that count.
    pub rows: usize,
    /// Derived files that were written.
    pub written: Vec<String>,
    /// Older files that became ledger rows, and are kept as `.bak`.
    pub taken: Vec<String>,
}

/// Brings ledger and derived files of the repository up to date with `rows`, counted from its transcripts since `since`; the
/// caller is the only writer ([`locked`]).
///
/// # Errors
/// `cost.file-invalid` when the ledger cannot be read, `lock.timeout`, `file.not-written`.
pub(super) fn keep(
    accounts: &Accounts<'_>,
    transcripts: &Transcripts,
    rows: &[Row],
    since: Option<Date>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Kept, Problem> {
    if !accounts.dry_run
        && let Some(folder) = accounts.costs_folder()
    {
        atomic::tidy(&folder);
    }
    let elsewhere = accounts.elsewhere(transcripts);
    let (page, ledger) = open(accounts, notes)?;
    notes.extend(index_lost(&ledger, transcripts));
    let old = older(accounts, &ledger, rows, notes)?;
    // What transcripts tell of a day is known only when all of them were looked at.
    let old = if since.is_some() { untouched(old) } else { old };
    // What came before `since` was not looked at, so nothing of it is taken back.
    let mut looked_at = ledger.clone();
    looked_at.rows.retain(|row| since.is_none_or(|since| row.day >= since));
    let appended = changes(&looked_at, rows, &|session| transcripts.knows(session) && !elsewhere.contains(session));
    let mut lines: Vec<String> = old.lines(&ledger);
    lines.extend(appended.iter().map(line));
    let touched: BTreeSet<Date> = appended.iter().map(|row| row.day).collect();
    let ledger =
        if lines.is_empty() { ledger } else { Ledger::read(&Page::new(LEDGER, appended_text(page.as_ref(), &lines))) };
    let kept = Kept { appended: lines.len(), rows: ledger.rows.len(), ..Kept::default() };
    if ledger.rows.is_empty() && page.is_none() {
        return Ok(kept);
    }
    settle(accounts, page.as_ref(), &ledger, &lines, &touched, &old, kept)
}

/// Appends one row that was entered, and brings derived files up to date.
///
/// # Errors
/// As [`keep`].
pub(super) fn enter(accounts: &Accounts<'_>, row: &Row, notes: &mut Vec<Diagnostic>) -> Result<Kept, Problem> {
    locked(accounts, || {
        let (page, ledger) = open(accounts, notes)?;
        // Older files are an import's affair: what transcripts tell of their days is not known here.
        let old = untouched(older(accounts, &ledger, &[], &mut Vec::new())?);
        let lines = vec![line(row)];
        let ledger = Ledger::read(&Page::new(LEDGER, appended_text(page.as_ref(), &lines)));
        let kept = Kept { appended: lines.len(), rows: ledger.rows.len(), ..Kept::default() };
        settle(accounts, page.as_ref(), &ledger, &lines, &BTreeSet::from([row.day]), &old, kept)
    })
}

/// Says whether files of an older life are there that would become ledger rows.
///
/// # Errors
/// When one of them cannot be read.
pub(super) fn has_older(accounts: &Accounts<'_>) -> Result<bool, Problem> {
    check_folder(accounts.place.shared_root())?;
    Ok(!older(accounts, &Ledger::default(), &[], &mut Vec::new())?.taken.is_empty())
}

/// Leaves older files as they are, and where they are.
fn untouched(old: Legacy) -> Legacy {
    let left = old.left.into_iter().chain(old.taken).collect();
    Legacy { left, ..Legacy::default() }
}

/// Writes the ledger, puts the older files aside and brings what is derived up to date: in this order, so that a crash between
/// two steps is made good by the next call.
fn settle(
    accounts: &Accounts<'_>,
    page: Option<&Page>,
    ledger: &Ledger,
    lines: &[String],
    touched: &BTreeSet<Date>,
    old: &Legacy,
    mut kept: Kept,
) -> Result<Kept, Problem> {
    write_ledger(accounts, page, ledger, lines)?;
    if !accounts.dry_run {
        super::entered::register(accounts);
    }
    keep_budget(accounts, old)?;
    // An older `mtd.json` may be what states the budget, so it is asked before it goes.
    let budget = accounts.monthly_budget();
    kept.taken = put_aside(accounts, old)?;
    derive(accounts, ledger, touched, budget, &old.left, &mut kept)?;
    Ok(kept)
}

/// Runs `work` as the only writer of the repository's ledger; for a dry run without a lock. Whoever needs the index too takes
/// its lock inside this one.
pub(super) fn locked<T>(accounts: &Accounts<'_>, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    check_folder(accounts.place.shared_root())?;
    if accounts.dry_run {
        return work();
    }
    // Beside what git shares, so that writers with different CONFIGs wait for each other; never in the work tree.
    let state = accounts
        .place
        .repository()
        .map_or_else(|| accounts.place.shared_root().join("costs"), |repository| repository.common_dir().join("wfo"));
    atomic::make_folder(&state, false)?;
    atomic::locked(&state.join("ledger"), work)
}

/// Reads the ledger; one that cannot be read is not written to.
fn open(accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<(Option<Page>, Ledger), Problem> {
    let page = accounts.ledger_page()?;
    let ledger = page.as_ref().map(Ledger::read).unwrap_or_default();
    if !ledger.readable {
        return Err(Problem::new(codes::COST_FILE_INVALID, format!("`{LEDGER}` holds no line that can be read"))
            .hint(format!("correct `{LEDGER}`, or move it away; nothing was written"))
            .in_file(LEDGER));
    }
    notes.extend(ledger.notes.iter().cloned());
    Ok((page, ledger))
}

/// Reads the files of an older life.
fn older(
    accounts: &Accounts<'_>,
    ledger: &Ledger,
    transcripts: &[Row],
    notes: &mut Vec<Diagnostic>,
) -> Result<Legacy, Problem> {
    let root = accounts.place.shared_root();
    let page = |relative: &str| -> Result<Option<Page>, Problem> {
        Ok(read::page(root, relative, LIMIT)?.map(|page| Page::new(relative, page.text)))
    };
    let mut days = Vec::new();
    for day in days_of(root) {
        days.extend(page(&daily_name(day))?.map(|page| (day, page)));
    }
    let pages = LegacyPages { days, month: page(MONTH)?, by_feature: page("costs/by-feature.jsonl")? };
    let known = Known {
        project: Some(&accounts.here.name),
        zone: &accounts.zone_name,
        ledger,
        transcripts,
        today: accounts.clock.today(),
    };
    Ok(legacy(&pages, known).drain_into(notes))
}

/// Lists the days that daily files are there for, in order.
fn days_of(root: &Path) -> Vec<Date> {
    let entries = std::fs::read_dir(root.join("costs")).into_iter().flatten().flatten();
    let mut days: Vec<Date> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let day = name.to_str()?.strip_prefix("daily-")?.strip_suffix(".json")?;
            // Other spellings of a day name other files.
            day.parse().ok().filter(|read: &Date| read.to_string() == day)
        })
        .collect();
    days.sort_unstable();
    days
}

fn daily_name(day: Date) -> String {
    format!("costs/daily-{day}.json")
}

/// The ledger as it will be.
fn appended_text(page: Option<&Page>, lines: &[String]) -> String {
    let mut text = page.and_then(|page| page.text.clone()).unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn write_ledger(
    accounts: &Accounts<'_>,
    page: Option<&Page>,
    ledger: &Ledger,
    lines: &[String],
) -> Result<(), Problem> {
    if accounts.dry_run {
        return Ok(());
    }
    let root = accounts.place.shared_root();
    let path = root.join(LEDGER);
    make_costs(accounts)?;
    if !lines.is_empty() {
        atomic::append_line(&path, &lines.join("\n"))?;
    }
    let text = appended_text(page, lines);
    match ledger.compacted(&Page::new(LEDGER, text)) {
        Some(compacted) => atomic::write_tidy(&path, compacted.as_bytes()),
        None => Ok(()),
    }
}

/// Checks that `costs` is a folder of the project, or not there yet.
///
/// # Errors
/// `file.link-outside` for a link out of the project or to nothing, `cost.file-invalid` for a file, `file.unreadable`.
pub(super) fn check_folder(root: &Path) -> Result<(), Problem> {
    match read::find(root, "costs") {
        Ok(None) => Ok(()),
        Err(problem) if problem.code == codes::FILE_NOT_REGULAR && root.join("costs").is_dir() => Ok(()),
        Err(problem) if problem.code == codes::FILE_NOT_REGULAR => Err(no_folder()),
        Err(problem) => Err(problem),
        Ok(Some(_)) => Err(no_folder()),
    }
}

fn no_folder() -> Problem {
    Problem::new(codes::COST_FILE_INVALID, "`costs` is no folder, so spending is unknown")
        .hint("make `costs` a folder")
        .in_file("costs")
}

/// Makes `costs/` with a rule that keeps it out of git, unless the setting says that it is for all.
pub(super) fn make_costs(accounts: &Accounts<'_>) -> Result<(), Problem> {
    let folder = accounts.place.shared_root().join("costs");
    atomic::make_folder(&folder, false)?;
    let rule = folder.join(".gitignore");
    match accounts.shared || read::is_there(&rule) != Some(false) {
        true => Ok(()),
        // Made in passing, it hides itself too; `init` makes the one that is for git.
        false => atomic::write_tidy(&rule, crate::init::COSTS_IGNORED.replace("!.gitignore\n", "").as_bytes()),
    }
}

/// Renames the older files, so that ours can take their places.
fn put_aside(accounts: &Accounts<'_>, old: &Legacy) -> Result<Vec<String>, Problem> {
    let root = accounts.place.shared_root();
    for name in old.taken.iter().filter(|_| !accounts.dry_run) {
        let from = root.join(name);
        let mut number = 0;
        let to = loop {
            let ending = if number == 0 { ".bak".to_owned() } else { format!(".{number}.bak") };
            let to = root.join(format!("{name}{ending}"));
            if wfo_base::read::is_there(&to) == Some(false) {
                break to;
            }
            number += 1;
        };
        wfo_base::copy::renamed(&from, &to)?;
    }
    Ok(old.taken.clone())
}

/// Writes the derived files that are not as the ledger says.
fn derive(
    accounts: &Accounts<'_>,
    ledger: &Ledger,
    touched: &BTreeSet<Date>,
    budget: Option<(Usd, Origin)>,
    left: &[String],
    kept: &mut Kept,
) -> Result<(), Problem> {
    let (rows, now, today) = (&ledger.rows, accounts.clock.now(), accounts.clock.today());
    let root = accounts.place.shared_root();
    let mut days: BTreeSet<Date> = rows.iter().map(|row| row.day).collect();
    days.extend(touched);
    // A day of which nothing is left has a file that still tells of it.
    days.extend(days_of(root).into_iter().filter(|day| !kept.taken.contains(&daily_name(*day))));
    let mut by_day: BTreeMap<Date, Vec<Row>> = days.into_iter().map(|day| (day, Vec::new())).collect();
    for row in rows {
        by_day.entry(row.day).or_default().push(row.clone());
    }
    let mut texts: Vec<(String, String)> = by_day
        .iter()
        .map(|(day, rows)| (daily_name(*day), derived::daily(*day, rows, &accounts.zone_name, now)))
        .collect();
    texts.extend(past_months(root, rows, today, now)?);
    texts.push((MONTH.to_owned(), derived::month(rows, budget, today, now)));
    texts.push(("costs/by-feature.jsonl".to_owned(), derived::by_feature(rows)));
    for (name, text) in texts.into_iter().filter(|(name, _)| !left.contains(name)) {
        let there = read::page(root, &name, LIMIT)?.filter(|_| !kept.taken.contains(&name));
        // Nothing to say is said only where something else was said before.
        if there.is_none() && text.is_empty() {
            continue;
        }
        if there.as_ref().is_some_and(|page| derived::same_but_time(&page.text, &text)) {
            continue;
        }
        if !accounts.dry_run {
            atomic::write_tidy(&root.join(&name), text.as_bytes())?;
        }
        kept.written.push(name);
    }
    Ok(())
}

/// Makes the files of months that are over, by the rows and with the budget that was stated then. What is there under such a
/// name and was not written here stays.
fn past_months(root: &Path, rows: &[Row], today: Date, now: &jiff::Zoned) -> Result<Vec<(String, String)>, Problem> {
    let text =
        |name: &str| -> Result<Option<String>, Problem> { Ok(read::page(root, name, LIMIT)?.map(|page| page.text)) };
    let running = text(MONTH)?;
    let months: BTreeSet<Date> = rows.iter().map(|row| row.day.first_of_month()).collect();
    let mut texts = Vec::new();
    for first in months.into_iter().filter(|first| *first < today.first_of_month()) {
        let name = format!("costs/mtd-{}.json", first.strftime("%Y-%m"));
        let there = text(&name)?;
        if there.as_deref().is_some_and(|text| !derived::is_month(text, None)) {
            continue;
        }
        let stated = there.or_else(|| running.clone().filter(|text| derived::is_month(text, Some(first))));
        let budget = stated.as_deref().and_then(derived::stated_budget);
        let text = derived::month(rows, budget, first.last_of_month(), now);
        // What was right when the month ended stays as it was.
        texts.push((name, stated.filter(|stated| derived::same_but_time(stated, &text)).unwrap_or(text)));
    }
    Ok(texts)
}

/// Writes the budget that an older `mtd.json` states to where people write budgets, unless something is there already.
fn keep_budget(accounts: &Accounts<'_>, old: &Legacy) -> Result<(), Problem> {
    let root = accounts.place.shared_root();
    let file = root.join(BUDGET);
    if accounts.dry_run || !old.taken.iter().any(|name| name == MONTH) || read::is_there(&file) != Some(false) {
        return Ok(());
    }
    let month = read::page(root, MONTH, LIMIT)?.map(|page| Page::new(MONTH, page.text));
    let pages = wfo_cost::CostPages { month, ..wfo_cost::CostPages::default() };
    match wfo_cost::costs::older_budget(&pages, accounts.clock.today()) {
        Some(budget) => {
            let text = serde_json::json!({"budgets": {"monthly": {"soft_limit": budget}}});
            atomic::write_tidy(&file, format!("{text:#}\n").as_bytes())
        }
        None => Ok(()),
    }
}
