//! One page of the threads of an Azure DevOps pull request.
//! Threads of the system (votes, pushes) and deleted ones are nobody's work.

use serde_json::Value;

use super::{Comment, Thread, Threads, short};

/// Says whether a value looks like a thread.
pub(super) fn is_thread(one: &Value) -> bool {
    one.get("id").is_some() && one.get("comments").is_some_and(Value::is_array)
}

/// Reads a page; the second value says what was odd.
pub(super) fn page(page: &Value, pr: u64) -> Result<(Threads, Vec<String>), String> {
    let list = page.get("value").and_then(Value::as_array).ok_or("has no list of threads")?;
    if let Some(number) = list.iter().find_map(number).filter(|number| *number != pr) {
        return Err(format!("is about pull request {number}, not {pr}"));
    }
    let total = page.get("count").and_then(Value::as_u64).unwrap_or(0);
    // The service's own spelling, and that of its command line program.
    let tokens = ["continuationToken", "continuation_token"];
    let goes_on = tokens.iter().any(|key| page.get(key).is_some_and(|token| !token.is_null()));
    let mut out = Threads { more_pages: goes_on || total > list.len() as u64, ..Threads::default() };
    let mut odd = Vec::new();
    for node in list {
        let id = match node.get("id") {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) if !text.trim().is_empty() => text.clone(),
            _ => return Err("has a thread without an id, which no work item could be named after".to_owned()),
        };
        let comments = comments(node);
        let status = node.get("status").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        // A thread that says nothing at all, and yet is open, is still somebody's.
        let silent = node.get("comments").and_then(Value::as_array).is_some_and(Vec::is_empty) && !status.is_empty();
        if flag(node, "isDeleted") || (comments.is_empty() && !silent) {
            continue;
        }
        match status.as_str() {
            "active" | "pending" => {}
            "fixed" | "wontfix" | "closed" | "bydesign" => {
                out.resolved += 1;
                continue;
            }
            _ => odd.push(format!("does not say whether thread {} is resolved", wfo_base::text::code_span(&id))),
        }
        out.open.push(thread(id, node, comments));
    }
    Ok((out, odd))
}

fn thread(id: String, node: &Value, comments: Vec<Comment>) -> Thread {
    let context = node.get("threadContext").unwrap_or(&Value::Null);
    let line = |side: &str| context.pointer(side).and_then(Value::as_u64).filter(|line| *line > 0);
    Thread {
        id,
        path: short(context.get("filePath")).map(|path| path.trim_start_matches('/').to_owned()),
        line: line("/rightFileStart/line").or_else(|| line("/leftFileStart/line")),
        outdated: node.get("isOutdated").and_then(Value::as_bool),
        url: short(node.pointer("/_links/web/href")).or_else(|| short(node.get("url"))),
        comments,
        more_comments: false,
    }
}

fn comments(node: &Value) -> Vec<Comment> {
    let list = node.get("comments").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_person = |one: &&Value| {
        let kind = one.get("commentType").and_then(Value::as_str).unwrap_or("text");
        !flag(one, "isDeleted")
            && !kind.eq_ignore_ascii_case("system")
            && one.get("content").is_some_and(Value::is_string)
    };
    list.iter()
        .filter(of_person)
        .map(|one| Comment {
            author: short(one.pointer("/author/displayName")).or_else(|| short(one.pointer("/author/uniqueName"))),
            at: short(one.get("publishedDate")),
            body: one.get("content").and_then(Value::as_str).unwrap_or_default().to_owned(),
            url: short(one.pointer("/_links/web/href")),
        })
        .collect()
}

fn flag(node: &Value, key: &str) -> bool {
    node.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// Finds the pull request's number in the address by which the service names a thread.
fn number(node: &Value) -> Option<u64> {
    let links = ["/_links/self/href", "/_links/pullRequest/href", "/_links/repository/href"];
    let hrefs = links.iter().filter_map(|link| node.pointer(link).and_then(Value::as_str));
    hrefs
        .filter_map(|href| {
            let (_, rest) = href.split_once("/pullRequests/")?;
            rest.split(['/', '?']).next()?.parse().ok()
        })
        .next()
}
