//! One page of GitHub's `reviewThreads`, as its GraphQL answers it.
//! A thread that does not say whether it is resolved counts as open.

use serde_json::Value;

use super::{Comment, Thread, Threads, message, short};

/// Finds the pull request in an answer, asked for by number, by id or by address, or cut out of it.
pub(super) fn request(page: &Value) -> Option<&Value> {
    let places = ["/data/repository/pullRequest", "/data/node", "/data/resource", "/repository/pullRequest", ""];
    places.iter().filter_map(|place| page.pointer(place)).find(|request| request.get("reviewThreads").is_some())
}

/// Reads a page; the second value says what was odd.
pub(super) fn page(page: &Value, pr: u64) -> Result<(Threads, Vec<String>), String> {
    if page.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty()) {
        let said = message(page).unwrap_or_else(|| "no words".to_owned());
        return Err(format!("is an answer with errors: `{said}`"));
    }
    let request = request(page).unwrap_or(&Value::Null);
    if let Some(number) = request.get("number").and_then(Value::as_u64).filter(|number| *number != pr) {
        return Err(format!("is about pull request {number}, not {pr}"));
    }
    let list = request.get("reviewThreads").unwrap_or(&Value::Null);
    let nodes = nodes(list).ok_or("has no list of threads: pull request not found, or no access to it")?;
    let mut out = Threads { more_pages: has_more(list, nodes.len()), ..Threads::default() };
    let mut odd = Vec::new();
    for node in nodes {
        let Some(id) = node.get("id").and_then(Value::as_str).filter(|id| !id.trim().is_empty()) else {
            return Err("has a thread without an id, which no work item could be named after".to_owned());
        };
        match node.get("isResolved").and_then(Value::as_bool) {
            Some(true) => {
                out.resolved += 1;
                continue;
            }
            Some(false) => {}
            None => odd.push(format!("does not say whether thread {} is resolved", wfo_base::text::code_span(id))),
        }
        out.open.push(thread(id, node));
    }
    Ok((out, odd))
}

fn thread(id: &str, node: &Value) -> Thread {
    let list = node.get("comments").unwrap_or(&Value::Null);
    let read = nodes(list).unwrap_or_default();
    let more_comments = has_more(list, read.len());
    let comments: Vec<Comment> = read.into_iter().map(comment).collect();
    let number = |key: &str| node.get(key).and_then(Value::as_u64).filter(|line| *line > 0);
    Thread {
        id: id.to_owned(),
        path: short(node.get("path")),
        line: number("line").or_else(|| number("originalLine")),
        outdated: node.get("isOutdated").and_then(Value::as_bool),
        url: short(node.get("url")).or_else(|| comments.first().and_then(|comment| comment.url.clone())),
        comments,
        more_comments,
    }
}

fn comment(node: &Value) -> Comment {
    Comment {
        author: short(node.pointer("/author/login")),
        at: short(node.get("createdAt")),
        body: node.get("body").or_else(|| node.get("bodyText")).and_then(Value::as_str).unwrap_or_default().to_owned(),
        url: short(node.get("url")),
    }
}

/// Returns `nodes`, or the nodes of `edges`; a null among them is left out.
fn nodes(list: &Value) -> Option<Vec<&Value>> {
    let direct = list.get("nodes").and_then(Value::as_array).map(|nodes| nodes.iter().collect::<Vec<_>>());
    let by_edges = || {
        let edges = list.get("edges").and_then(Value::as_array)?;
        Some(edges.iter().filter_map(|edge| edge.get("node")).collect())
    };
    let nodes: Vec<&Value> = direct.or_else(by_edges)?;
    Some(nodes.into_iter().filter(|node| node.is_object()).collect())
}

fn has_more(list: &Value, read: usize) -> bool {
    match list.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool) {
        Some(more) => more,
        None => list.get("totalCount").and_then(Value::as_u64).is_some_and(|total| total > read as u64),
    }
}
