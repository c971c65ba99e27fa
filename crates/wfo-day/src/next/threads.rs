//! Open review threads of a pull request that have no work item, where the file that tells of it tells of its threads too.
//! An open thread whose page lies below `planning/` of the main checkout is somebody's work already.

use std::path::Path;

use serde_json::Value;
use wfo_todo::phase::Fact;
use wfo_todo::phase::facts::Pr;

use super::pull_requests::Source;

/// The most threads of one pull request.
const MOST: usize = 10_000;

/// Reads the ids of the open threads of one pull request; an error says what is wrong, `None` = it does not tell.
pub(super) fn read(request: &Value) -> Option<Result<Vec<String>, String>> {
    let list = request.get("reviewThreads").filter(|list| !list.is_null())?;
    Some(open(list))
}

fn open(list: &Value) -> Result<Vec<String>, String> {
    let nodes = list.as_array().or_else(|| list.get("nodes").and_then(Value::as_array));
    let nodes = nodes.ok_or("the review threads are no list")?;
    if nodes.len() > MOST {
        return Err(format!("there are more than {MOST} review threads"));
    }
    if list.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool) == Some(true) {
        return Err("there are more review threads than the file has".to_owned());
    }
    let mut out = Vec::new();
    for node in nodes {
        let resolved = node.get("isResolved").and_then(Value::as_bool);
        let id = node.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        match (resolved, id) {
            (Some(true), _) => {}
            (Some(false), Some(id)) => out.push(id.to_owned()),
            _ => return Err("a review thread has no `id`, or does not say `isResolved`".to_owned()),
        }
    }
    Ok(out)
}

/// Counts the open threads without a work item.
pub(super) fn without_item(source: &Source, pr: &Fact<Option<Pr>>, root: &Path) -> Fact<usize> {
    let Some(Some(pr)) = pr.known() else { return Fact::unknown("no pull request is known") };
    match source.threads(pr.number) {
        None => Fact::unknown("`--pr FILE` tells them where its pull request has `reviewThreads`"),
        Some(Err(why)) => Fact::unknown(why.as_str()),
        Some(Ok([])) => Fact::Known(0),
        Some(Ok(open)) => {
            // A page that cannot be read is no work item; `pr feedback` names it.
            let items = crate::pr::present(root, pr.number, &mut Vec::new());
            Fact::Known(open.iter().filter(|id| !items.contains_key(*id)).count())
        }
    }
}
