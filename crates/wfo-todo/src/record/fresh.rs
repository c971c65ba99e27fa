//! A new TODO file from its template. Titles and descriptions are values: whatever they hold, they stay values.
//! What comes out is read back and compared before it is given.

use jiff::Timestamp;
use serde::Serialize;
use serde_yaml::Value;
use wfo_base::{Problem, codes, template, text};

use super::{compact_stamp, require_slug, stamp};
use crate::front::{Content, Front, Route};
use crate::todo_file::{Kind, TodoName};

const TEMPLATE: &str = include_str!("../../../../templates/todo.md.tera");

/// What is known about new work; what is `None` or empty becomes null.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fresh<'f> {
    /// The slug; checked.
    pub slug: &'f str,
    /// One line; empty: the slug.
    pub title: &'f str,
    /// What it is about.
    pub description: &'f str,
    /// Account name of who does it.
    pub user: Option<&'f str>,
    /// Such as `python`.
    pub stack: Option<&'f str>,
    /// Such as `uv`.
    pub package_manager: Option<&'f str>,
    /// Such as `pytest`.
    pub test_framework: Option<&'f str>,
    /// Container files.
    pub containers: &'f [String],
    /// Branch and commit that it starts from.
    pub base: Option<(&'f str, &'f str)>,
    /// The version it will have.
    pub version: Option<&'f str>,
    /// The work item it comes from.
    pub work_item: Option<&'f str>,
}

/// A new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshTodo {
    /// Its parts.
    pub name: TodoName,
    /// `TODO_<type>_<stamp>_<slug>.md`
    pub file_name: String,
    /// The whole page.
    pub page: String,
}

#[derive(Serialize)]
struct Values {
    kind: &'static str,
    slug: String,
    timestamp: String,
    user: String,
    title: String,
    description: String,
    created: String,
    stack: String,
    package_manager: String,
    test_framework: String,
    containers: String,
    base_branch: Option<String>,
    base_commit: Option<String>,
    work_item: Option<String>,
    phase: u8,
    step: String,
    status: &'static str,
    version: String,
    categories: Vec<&'static str>,
    heading: String,
    about: String,
}

/// Writes a new TODO file: a feature in phase 1, a release in phase 5, a hotfix in phase 6.
///
/// # Errors
/// `todo.slug-invalid`; `template.invalid` if what comes out is not what went in.
pub fn fresh_todo(kind: Kind, fresh: &Fresh<'_>, now: Timestamp) -> Result<FreshTodo, Problem> {
    require_slug(fresh.slug)?;
    let compact = compact_stamp(now);
    let title = text::one_line(if fresh.title.trim().is_empty() { fresh.slug } else { fresh.title }).into_owned();
    let page = template::render("todo.md.tera", TEMPLATE, &values(kind, fresh, &title, &compact, now))?;
    let file_name = format!("TODO_{}_{compact}_{}.md", kind.as_str(), fresh.slug);
    let front = Front::read(&file_name, page.as_bytes())?;
    let reads = |keys: [&str; 2], text: &str| front.get(&Route::keys(keys)).and_then(Value::as_str) == Some(text);
    let slug = front.get(&Route::keys(["slug"])).and_then(Value::as_str);
    if !reads(["metadata", "title"], &title)
        || !reads(["metadata", "description"], fresh.description)
        || slug != Some(fresh.slug)
    {
        let message = "template `todo.md.tera` does not give title, description and slug back as they are".to_owned();
        return Err(Problem::new(codes::TEMPLATE_INVALID, message).hint("take a plainer title and description"));
    }
    let name = TodoName { kind, stamp: compact, slug: fresh.slug.to_owned() };
    Ok(FreshTodo { name, file_name, page })
}

fn values(kind: Kind, fresh: &Fresh<'_>, title: &str, compact: &str, now: Timestamp) -> Values {
    let text = |text: &str| Content::text(text).spelled();
    let known = |value: Option<&str>| value.map_or(Content::Null, Content::text).spelled();
    let (phase, step, status) = match kind {
        Kind::Feature => (1, "1.1", "planning"),
        Kind::Release => (5, "5.1", "release"),
        Kind::Hotfix => (6, "6.1", "hotfix"),
    };
    let mut categories = vec!["planning", "specification", "implementation", "testing", "containerization"];
    if kind == Kind::Release {
        categories.extend(["qa", "integration"]);
    }
    let about = wfo_base::text::quoted(fresh.description);
    Values {
        kind: kind.as_str(),
        slug: text(fresh.slug),
        timestamp: compact.to_owned(),
        user: known(fresh.user),
        title: text(title),
        description: text(fresh.description),
        created: text(&stamp(now)),
        stack: known(fresh.stack),
        package_manager: known(fresh.package_manager),
        test_framework: known(fresh.test_framework),
        containers: Content::List(fresh.containers.iter().map(Content::text).collect()).spelled(),
        base_branch: fresh.base.map(|(branch, _)| text(branch)),
        base_commit: fresh.base.map(|(_, commit)| text(commit)),
        work_item: fresh.work_item.map(text),
        phase,
        step: text(step),
        status,
        version: known(fresh.version),
        categories,
        heading: wfo_base::text::quoted(title),
        about: if about.is_empty() { "Nothing is written about it yet.".to_owned() } else { about },
    }
}
