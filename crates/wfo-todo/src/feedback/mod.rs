//! Review threads of a pull request, from the JSON of GitHub or Azure DevOps, to work items: one for each thread that is not resolved.
//! Never asks a network, and trusts nothing that stands in a comment.

mod azure;
mod github;
mod issue;
mod item;
mod weight;

use serde_json::Value;
use wfo_base::text::{clip, one_line};
use wfo_base::{Diagnostic, Noted, Problem, codes};

pub use issue::{Issue, body, issue, with_issue};
pub use item::{Lineage, WorkItem, lineage, work_item, work_item_apart, work_items};
pub use weight::{FeedbackRow, Weight, weigh};

/// The most bytes of an answer that are read.
pub const ANSWER_LIMIT: usize = 32 << 20;
/// The most characters of an author, a path or a time.
const SHORT: usize = 300;

/// Who keeps the pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// GitHub, also of a company.
    GitHub,
    /// Azure DevOps.
    Azure,
}

impl Provider {
    /// Reads `github` or `azure`, without case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "github" => Some(Self::GitHub),
            "azure" => Some(Self::Azure),
            _ => None,
        }
    }

    /// Finds the provider by the host in a remote's address; `None` for a host that could be either.
    #[must_use]
    pub fn of_remote(url: &str) -> Option<Self> {
        let after = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = after.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default().to_lowercase();
        let is = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        if is("github.com") || (host.starts_with("github.") && !host.starts_with("github.com.")) {
            Some(Self::GitHub)
        } else if is("dev.azure.com") || is("visualstudio.com") {
            Some(Self::Azure)
        } else {
            None
        }
    }

    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Azure => "azure",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::Azure => "Azure DevOps",
        }
    }
}

/// One comment of a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment {
    /// Who wrote it; none for an account that is gone.
    pub author: Option<String>,
    /// When, as the provider writes it.
    pub at: Option<String>,
    /// Its text, as written.
    pub body: String,
    /// Its address.
    pub url: Option<String>,
}

/// One thread that is not resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// The provider's id.
    pub id: String,
    /// The file it is about.
    pub path: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// Whether the lines have changed since; none where the provider does not say.
    pub outdated: Option<bool>,
    /// Its address.
    pub url: Option<String>,
    /// All its comments, oldest first.
    pub comments: Vec<Comment>,
    /// The answer does not hold all of its comments.
    pub more_comments: bool,
}

/// What an answer says about the threads of a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Threads {
    /// Those that are not resolved, in the provider's order, each once.
    pub open: Vec<Thread>,
    /// How many are resolved or closed.
    pub resolved: usize,
    /// The answer is not the last page.
    pub more_pages: bool,
    /// Whose answer it is.
    pub provider: Option<Provider>,
}

/// Reads an answer: one JSON document, several after each other, or a list of them, as pages come. Without `provider` its shape tells.
///
/// # Errors
/// `pr.unreadable` for text that is cut off, foreign, an error message, too large, or about another pull request than `pr`.
pub fn threads(file: &str, text: &str, pr: u64, provider: Option<Provider>) -> Result<Noted<Threads>, Problem> {
    threads_of(&[(file.to_owned(), text.to_owned())], pr, provider)
}

/// As [`threads`], for an answer whose pages are in several files, in any order; each has its name first.
///
/// # Errors
/// As [`threads`], for the first file that cannot be read.
pub fn threads_of(files: &[(String, String)], pr: u64, provider: Option<Provider>) -> Result<Noted<Threads>, Problem> {
    let mut out = Noted::<Threads>::default();
    let mut all_have_more = true;
    for (file, text) in files {
        let read = answer(file, text, pr, out.value.provider.or(provider))?;
        all_have_more &= read.value.more_pages;
        out.notes.extend(read.notes);
        out.value.provider = read.value.provider;
        out.value.resolved += read.value.resolved;
        out.value.open.extend(read.value.open);
    }
    out.value.more_pages = all_have_more && !files.is_empty();
    let mut seen = std::collections::HashSet::new();
    out.value.open.retain(|thread| seen.insert(thread.id.clone()));
    let file = files.last().map(|(file, _)| file.as_str()).unwrap_or_default();
    if out.value.more_pages {
        let message = format!("{} is not the last page: some threads are missing", shown(file));
        let hint =
            "ask with `--paginate`, so that all pages are in one file, or give each page with a `--from` of its own";
        out.notes.push(Problem::new(codes::PR_MORE_PAGES, message).hint(hint).in_file(file).warning());
    }
    if let Some(thread) = out.value.open.iter().find(|thread| thread.more_comments) {
        let message = format!("{} lacks some comments of thread `{}`", shown(file), clip(&one_line(&thread.id), SHORT));
        let hint = "ask for more comments of each thread, or read it at its address";
        out.notes.push(Problem::new(codes::PR_MORE_PAGES, message).hint(hint).in_file(file).warning());
    }
    Ok(out)
}

/// Reads one file; whether pages are missing is not told yet.
fn answer(file: &str, text: &str, pr: u64, provider: Option<Provider>) -> Result<Noted<Threads>, Problem> {
    let refuse = |what: &str| unreadable(file, what);
    if text.len() > ANSWER_LIMIT {
        return Err(refuse("is larger than 32 MiB"));
    }
    let pages = pages(file, text)?;
    let found = pages.first().and_then(shape).ok_or_else(|| match pages.first().and_then(message) {
        Some(said) => refuse(&format!("is an error message: `{said}`")),
        None => refuse("is not a list of review threads"),
    })?;
    if let Some(asked) = provider.filter(|asked| *asked != found) {
        return Err(refuse(&format!("is an answer of {}, not of {}", found.name(), asked.name())));
    }
    let mut out = Noted { value: Threads { provider: Some(found), ..Threads::default() }, notes: Vec::new() };
    for page in &pages {
        let read = match found {
            Provider::GitHub => github::page(page, pr),
            Provider::Azure => azure::page(page, pr),
        };
        let (threads, odd) = read.map_err(|what| refuse(&what))?;
        out.notes.extend(odd.iter().map(|what| note(file, what)));
        out.value.more_pages = threads.more_pages;
        out.value.resolved += threads.resolved;
        out.value.open.extend(threads.open);
    }
    Ok(out)
}

fn shown(file: &str) -> String {
    wfo_base::text::code_span(file)
}

fn unreadable(file: &str, what: &str) -> Problem {
    Problem::new(codes::PR_UNREADABLE, format!("{} {what}", shown(file)))
        .hint("save the answer for `reviewThreads` of GitHub's GraphQL, or for the `threads` of an Azure DevOps pull request, whole")
        .in_file(file)
}

fn note(file: &str, what: &str) -> Diagnostic {
    Problem::new(codes::PR_UNREADABLE, format!("{} {what}", shown(file)))
        .hint("look at the thread at its address")
        .in_file(file)
        .warning()
}

fn pages(file: &str, text: &str) -> Result<Vec<Value>, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| {
            let what = if error.is_eof() { "is cut off" } else { "is not JSON" };
            unreadable(file, &format!("{what}: {error}")).at(file, error.line().max(1), error.column().max(1))
        })?;
        match value {
            // pages as `--slurp` puts them together
            Value::Array(list) if list.first().and_then(shape).is_some() => out.extend(list),
            Value::Array(list) if list.first().is_some_and(azure::is_thread) => {
                out.push(serde_json::json!({ "value": list }));
            }
            Value::Array(list) if list.first().is_some_and(|one| one.get("isResolved").is_some()) => {
                out.push(serde_json::json!({ "reviewThreads": { "nodes": list } }));
            }
            other => out.push(other),
        }
    }
    if out.is_empty() { Err(unreadable(file, "is empty")) } else { Ok(out) }
}

fn shape(page: &Value) -> Option<Provider> {
    if github::request(page).is_some() {
        return Some(Provider::GitHub);
    }
    let list = page.get("value")?.as_array()?;
    list.iter().all(azure::is_thread).then_some(Provider::Azure)
}

/// Finds the provider's own words in an error message.
fn message(page: &Value) -> Option<String> {
    let first = page.pointer("/errors/0/message").or_else(|| page.get("message"));
    let text = first.and_then(Value::as_str)?;
    Some(clip(&one_line(text), 200).replace('`', "'"))
}

/// Returns a short text on one line; `None` for what is no text or empty.
fn short(value: Option<&Value>) -> Option<String> {
    let text = one_line(value?.as_str()?).into_owned();
    (!text.is_empty()).then(|| clip(&text, SHORT).into_owned())
}

#[cfg(test)]
mod tests;
