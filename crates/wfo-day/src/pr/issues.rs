//! `pr feedback --create`: an issue at the provider for each substantive work item that has none; a proposal.
//! Its number is noted in the page as soon as it is told, so that a call that was killed makes nothing twice; where it was killed between
//! the two, the next proposal says so.

use std::path::PathBuf;

use wfo_base::home::Home;
use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, atomic, codes, read, text};
use wfo_todo::feedback::{Issue, body, issue, lineage, with_issue};

use super::host::{Call, Host};
use super::items::unfit;
use super::{Feedback, Item};
use crate::init::place_of;
use crate::todo::Site;

/// The most issues of one proposal.
const MOST: usize = 50;
/// The folder of marks, below CONFIG/wfo.
const MARKS: &str = "state/pr";

/// Issues that can be made.
#[derive(Debug)]
pub struct Create {
    host: Host,
    planned: Vec<Planned>,
    pr: u64,
}

#[derive(Debug)]
struct Planned {
    path: String,
    page: String,
    call: Call,
    /// A call was ended while it made this one.
    doubtful: bool,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Done {
    /// Each page with its issue.
    pub issues: Vec<(String, Issue)>,
    /// Why it did not go on.
    pub stopped: Option<Problem>,
}

impl Create {
    /// Looks at what can be made; what cannot is noted.
    ///
    /// # Errors
    /// `pr.no-host`.
    pub fn look(
        site: &Site<'_>,
        home: &Home,
        feedback: &Feedback,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        let host = feedback.host.clone().ok_or_else(|| {
            Problem::new(codes::PR_NO_HOST, "the remote does not say where issues are to be made")
                .hint("`git remote get-url origin` should name the host of the pull request; the pages are written all the same")
        })?;
        let mut planned = Vec::new();
        for item in feedback.items.iter().filter(|item| item.is_substantive() && item.issue.is_none()) {
            match plan(site, home, &host, item) {
                Ok(one) => planned.extend(one),
                Err(problem) => notes.push(problem.warning()),
            }
        }
        if planned.len() > MOST {
            let message = format!("{} issues are to be made; the first {MOST} are proposed", planned.len());
            notes.push(
                Problem::new(codes::PR_MORE_ISSUES, message).hint("run the command again for the rest").warning(),
            );
            planned.truncate(MOST);
        }
        Ok(Self { host, planned, pr: feedback.pr })
    }

    /// Says whether there is nothing to make.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
    }

    /// What the yes is bound to: the host, each call, and each page as it is now.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        let mut state = format!("{:?}\n", self.host);
        for one in &self.planned {
            state += &format!("{} {} {:?}\n", one.path, trust::digest(&one.page), one.call);
        }
        Subject {
            command: "pr feedback".to_owned(),
            arguments: format!("--create --pr {}", self.pr),
            main_checkout: site.place().identity(),
            state,
        }
    }

    /// One sentence.
    #[must_use]
    pub fn title(&self) -> String {
        let s = if self.planned.len() == 1 { "" } else { "s" };
        format!("make {} issue{s} of the review of pull request {}", self.planned.len(), self.pr)
    }

    /// Each call.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let act = |one: &Planned| {
            let call = one.call.shown(self.host.program(), &text::code_span(&one.path));
            let doubt = "AGAIN (an earlier call was ended while it made this one: look first whether it is there): ";
            if one.doubtful { format!("{doubt}{call}") } else { call }
        };
        self.planned.iter().map(act).collect()
    }

    /// Makes them one after the other; stops at the first that fails.
    #[must_use]
    pub fn carry_out(&self, site: &Site<'_>, home: &Home) -> Done {
        let mut done = Done::default();
        for one in &self.planned {
            match self.make(site, home, one) {
                Ok(Some(issue)) => done.issues.push((one.path.clone(), issue)),
                Ok(None) => {}
                Err(problem) => {
                    done.stopped = Some(problem);
                    break;
                }
            }
        }
        done
    }

    fn make(&self, site: &Site<'_>, home: &Home, one: &Planned) -> Result<Option<Issue>, Problem> {
        // Somebody may have written the number since the look.
        if issue(&page(site, &one.path)?).is_some() {
            return Ok(None);
        }
        let mark = mark(site, home, &one.path);
        atomic::make_folder(&home.wfo(MARKS), true)?;
        atomic::write_private(&mark, one.path.as_bytes())?;
        let made = self.host.made(home, &one.call);
        let unmark = || drop(std::fs::remove_file(&mark));
        let made = made.inspect_err(|problem| {
            // A program that was ended for its time, or told no number, may have made it all the same.
            let surely_not = problem.code == codes::TOOL_MISSING || problem.message.contains("did not answer");
            if surely_not {
                unmark();
            }
        })?;
        let noted = site.locked(|| note(site, &one.path, &made)).inspect(|()| unmark());
        noted.map(|()| Some(made.clone())).map_err(|problem| {
            let message = format!("the issue {} was made, but {}", made.number, problem.message);
            let hint =
                format!("write `issue: {}` into the front matter of {}", made.number, text::code_span(&one.path));
            Problem { message, ..problem }.hint(hint)
        })
    }
}

/// Names the mark that stands while an issue is made.
fn mark(site: &Site<'_>, home: &Home, path: &str) -> PathBuf {
    let id: String = trust::digest(&format!("{}\n{path}", site.place().identity())).chars().take(24).collect();
    home.wfo(MARKS).join(id)
}

fn plan(site: &Site<'_>, home: &Home, host: &Host, item: &Item) -> Result<Option<Planned>, Problem> {
    // Not written yet, as with `--dry-run`.
    let page = match read::is_there(&site.root().join(&item.path)) {
        Some(false) => item.work.page.clone(),
        _ => page(site, &item.path)?,
    };
    let probe = Issue { number: 1, url: None };
    if issue(&page).is_some() {
        return Ok(None);
    }
    // One that could not be noted would be made again and again.
    let (Some(from), Some(_)) = (lineage(&page), with_issue(&page, &probe)) else { return Err(unfit(&item.path)) };
    let title = from.title.filter(|title| !title.starts_with('-')).unwrap_or_else(|| item.work.title.clone());
    let title = site.rules().without_secrets(&text::clip(&text::one_line(&title), 200));
    let words = site.rules().without_secrets_in_lines(body(&page).trim_start());
    let doubtful = read::is_there(&mark(site, home, &item.path)) != Some(false);
    Ok(Some(Planned { path: item.path.clone(), call: host.create(&title, &words), page, doubtful }))
}

/// Reads a page as it is: what is not UTF-8 could not be written back.
fn page(site: &Site<'_>, path: &str) -> Result<String, Problem> {
    let bytes = read::raw(site.root(), path, read::PAGE_LIMIT)?.ok_or_else(|| unfit(path))?;
    String::from_utf8(bytes).map_err(|_| unfit(path))
}

fn note(site: &Site<'_>, path: &str, made: &Issue) -> Result<(), Problem> {
    let new = with_issue(&page(site, path)?, made).ok_or_else(|| unfit(path))?;
    let (folder, name) = place_of(site.root(), path)?;
    atomic::write_tidy(&folder.join(name), new.as_bytes())
}
