//! Reads `CONFIG/worktree-registry.json`, which other tools write too: rows with branch, folder and ports, and the pool.
//! Takes looser spellings, names what it cannot read, and never writes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value};
use wfo_base::{Diagnostic, Problem, codes, text::code_span};

/// The name that problems carry.
pub const FILE: &str = "worktree-registry.json";

/// How many broken rows are named one by one.
const NAMED: usize = 5;

/// One row: a worktree with its ports, or a lease of ports without a worktree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Which row of the list, from 0.
    pub index: usize,
    /// `id`.
    pub id: Option<String>,
    /// Name of the project; two repositories may share it.
    pub project: Option<String>,
    /// The main checkout: what identifies the repository.
    pub repo_path: Option<PathBuf>,
    /// Branch, without `refs/heads/`.
    pub branch: Option<String>,
    /// The branch as a folder name.
    pub branch_slug: Option<String>,
    /// The worktree's folder (also read as `path`); `None` for a lease without one.
    pub worktree_path: Option<PathBuf>,
    /// Ports it holds.
    pub ports: Vec<u16>,
    /// `createdAt` as written.
    pub created_at: Option<String>,
    /// `validatedAt` as written.
    pub validated_at: Option<String>,
    /// `agentLaunchedAt` as written.
    pub agent_launched_at: Option<String>,
    /// What the worktree is for.
    pub task: Option<String>,
    /// Number of the pull request.
    pub pr_number: Option<u64>,
    /// `active`, `orphaned` or `merged` as recorded; never taken for the truth.
    pub status: Option<String>,
}

/// The range that leases come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// First port.
    pub start: u16,
    /// Last port, part of the pool.
    pub end: u16,
    /// Ports that are recorded as taken.
    pub allocated: Vec<u16>,
}

/// The registry of all repositories of the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// Rows, in the order of the file.
    pub entries: Vec<Entry>,
    /// `portPool`; `None` when it is absent or no range.
    pub pool: Option<Pool>,
    /// Ports in `portPool.allocated`, readable even where the range is not.
    pub allocated: Vec<u16>,
    /// Whether a row or a port could not be read, so that more ports may be taken than are listed.
    pub ports_unreadable: bool,
    /// Rows and values that could not be read.
    pub notes: Vec<Diagnostic>,
}

/// Reads the registry's text.
///
/// # Errors
/// `worktree.registry-invalid` for text that is no JSON, or no object with a list `worktrees`. A single bad row is a note.
pub fn registry(text: &str) -> Result<Registry, Problem> {
    let whole: Value = serde_json::from_str(text).map_err(|error| {
        let what = if text.trim().is_empty() { "is empty".to_owned() } else { format!("does not parse: {error}") };
        let problem = invalid(&what);
        if error.line() > 0 { problem.at(FILE, error.line(), error.column().max(1)) } else { problem }
    })?;
    let Value::Object(top) = &whole else { return Err(invalid("is not a JSON object")) };
    let Some(Value::Array(rows)) = top.get("worktrees") else {
        return Err(invalid("has no list `worktrees`"));
    };
    let mut out = Registry::default();
    let mut bad = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        match row.as_object() {
            Some(row) => out.entries.push(entry(index, row, &mut bad)),
            None => bad.push(format!("row {} is not an object", index + 1)),
        }
    }
    if let Some(pool) = top.get("portPool").or_else(|| top.get("port_pool")).filter(|pool| !pool.is_null()) {
        out.allocated =
            pool.get("allocated").map(|ports| list(ports, "portPool.allocated", &mut bad)).unwrap_or_default();
        out.ports_unreadable = !bad.is_empty();
        out.pool = range(pool, &out.allocated, &mut bad);
    } else {
        out.ports_unreadable = !bad.is_empty();
    }
    out.notes = notes(&bad);
    Ok(out)
}

fn invalid(what: &str) -> Problem {
    Problem::new(codes::REGISTRY_INVALID, format!("`{FILE}` {what}, so it is neither read nor written"))
        .hint(format!("correct CONFIG/{FILE} or restore a copy of it; start afresh with {{\"worktrees\":[]}}"))
        .in_file(FILE)
}

fn notes(bad: &[String]) -> Vec<Diagnostic> {
    let warn = |message: String| {
        Problem::new(codes::REGISTRY_ROW_INVALID, message)
            .hint(format!("correct CONFIG/{FILE}"))
            .in_file(FILE)
            .warning()
    };
    let mut notes: Vec<Diagnostic> =
        bad.iter().take(NAMED).map(|message| warn(format!("`{FILE}`: {message}"))).collect();
    if bad.len() > NAMED {
        notes.push(warn(format!("`{FILE}`: {} more values cannot be read", bad.len() - NAMED)));
    }
    notes
}

fn entry(index: usize, row: &Map<String, Value>, bad: &mut Vec<String>) -> Entry {
    let text = |names: &[&str]| {
        let value = names.iter().find_map(|name| row.get(*name)).and_then(Value::as_str)?;
        Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let place = format!("row {}", index + 1);
    let ports = row.get("ports").filter(|ports| !ports.is_null());
    let branch = text(&["branch"]);
    Entry {
        index,
        id: text(&["id"]),
        project: text(&["project"]),
        repo_path: text(&["repoPath", "repo_path"]).map(PathBuf::from),
        branch: branch.map(|branch| branch.strip_prefix("refs/heads/").map_or_else(|| branch.clone(), str::to_owned)),
        branch_slug: text(&["branchSlug", "branch_slug"]),
        worktree_path: text(&["worktreePath", "worktree_path", "path"]).map(PathBuf::from),
        ports: ports.map(|ports| list(ports, &format!("{place}, ports"), bad)).unwrap_or_default(),
        created_at: text(&["createdAt", "created_at"]),
        validated_at: text(&["validatedAt", "validated_at"]),
        agent_launched_at: text(&["agentLaunchedAt", "agent_launched_at"]),
        task: text(&["task"]),
        pr_number: row.get("prNumber").or_else(|| row.get("pr_number")).and_then(number),
        status: text(&["status"]),
    }
}

/// Reads a list of ports; a bare port counts as a list of one.
fn list(value: &Value, place: &str, bad: &mut Vec<String>) -> Vec<u16> {
    let single = [value.clone()];
    let values = value.as_array().map_or(&single[..], Vec::as_slice);
    let (mut ports, mut seen) = (Vec::new(), BTreeSet::new());
    for value in values {
        match port(value) {
            Some(port) if seen.insert(port) => ports.push(port),
            Some(_) => {}
            None => bad.push(format!("{place}: {} is not a port", code_span(&value.to_string()))),
        }
    }
    ports
}

fn range(pool: &Value, allocated: &[u16], bad: &mut Vec<String>) -> Option<Pool> {
    let end = |name: &str| pool.get(name).and_then(port);
    match end("start").zip(end("end")) {
        Some((start, end)) if start < end => Some(Pool { start, end, allocated: allocated.to_vec() }),
        _ => {
            bad.push("portPool has no `start` below its `end`, so the usual range holds".to_owned());
            None
        }
    }
}

fn port(value: &Value) -> Option<u16> {
    number(value).and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0)
}

/// Reads a whole number, also in quotes or written as `8100.0`.
fn number(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(rows: &str) -> Registry {
        registry(&format!("{{\"worktrees\":[{rows}]}}")).unwrap()
    }

    #[test]
    fn a_row_of_the_format_is_read_whole() {
        let text = r#"{"worktrees":[{"id":"0b5c","project":"app","repoPath":"/w/app","branch":"feature/login","branchSlug":"feature-login",
            "worktreePath":"/t/app/feature-login","ports":[8100,8101],"createdAt":"2026-11-20T10:00:00Z","validatedAt":null,
            "agentLaunchedAt":null,"task":"login form","prNumber":42,"status":"active","mine":1.50}],
            "portPool":{"start":8100,"end":8199,"allocated":[8100,8101]}}"#;
        let found = registry(text).unwrap();
        assert_eq!(found.notes, vec![]);
        assert_eq!(found.pool, Some(Pool { start: 8100, end: 8199, allocated: vec![8100, 8101] }));
        let expected = Entry {
            index: 0,
            id: Some("0b5c".into()),
            project: Some("app".into()),
            repo_path: Some("/w/app".into()),
            branch: Some("feature/login".into()),
            branch_slug: Some("feature-login".into()),
            worktree_path: Some("/t/app/feature-login".into()),
            ports: vec![8100, 8101],
            created_at: Some("2026-11-20T10:00:00Z".into()),
            task: Some("login form".into()),
            pr_number: Some(42),
            status: Some("active".into()),
            ..Entry::default()
        };
        assert_eq!(found.entries, [expected]);
    }

    #[test]
    fn looser_spellings_are_read() {
        let found = read(
            r#"{"path":"/t/x","repo_path":"/w/app","branch":"refs/heads/x","ports":["8100",8101.0,8100],"prNumber":"7"},{"worktreePath":null,"ports":8102}"#,
        );
        assert_eq!(found.notes, vec![]);
        assert_eq!(found.entries[0].worktree_path, Some("/t/x".into()));
        assert_eq!((found.entries[0].branch.as_deref(), found.entries[0].pr_number), (Some("x"), Some(7)));
        assert_eq!((&found.entries[0].ports, &found.entries[1].ports), (&vec![8100, 8101], &vec![8102]));
        assert_eq!(found.entries[1].worktree_path, None);
    }

    #[test]
    fn text_that_is_no_registry_is_a_problem_and_not_an_empty_registry() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            " ",
            "{",
            "[]",
            "7",
            "null",
            "{}",
            "{\"worktrees\":{}}",
            "{\"worktrees\":null}",
            "{\"worktrees\":[]}x",
            &deep,
        ] {
            let problem = registry(text).expect_err(text);
            assert_eq!(problem.code, codes::REGISTRY_INVALID, "{text}");
            assert!(problem.message.chars().count() < 300 && problem.hint.is_some());
        }
    }

    #[test]
    fn a_bad_row_is_a_note_and_the_others_stay() {
        let found = read(r#"7,{"branch":"a","ports":[8100,0,-1,70000,"x",{"a":1}]},{"branch":"b","ports":[8102]}"#);
        assert_eq!(
            found.entries.iter().map(|entry| (entry.index, entry.ports.clone())).collect::<Vec<_>>(),
            [(1, vec![8100]), (2, vec![8102])]
        );
        assert_eq!(found.notes.len(), 6);
        assert!(found.notes.iter().all(|note| note.problem.code == codes::REGISTRY_ROW_INVALID));
        assert!(found.notes[5].problem.message.ends_with("1 more values cannot be read"));
    }

    #[test]
    fn a_pool_that_is_no_range_is_a_note_and_its_allocated_ports_still_count() {
        for pool in [
            r#"{"start":8199,"end":8100,"allocated":[8100]}"#,
            r#"{"allocated":[8100]}"#,
            r#"{"start":"x","end":8199,"allocated":[8100]}"#,
        ] {
            let found = registry(&format!("{{\"worktrees\":[],\"portPool\":{pool}}}")).unwrap();
            assert_eq!((found.pool, found.allocated, found.notes.len()), (None, vec![8100], 1), "{pool}");
        }
        assert_eq!(registry("{\"worktrees\":[],\"portPool\":null}").unwrap(), Registry::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(rows in "[\\[\\]{}\":,a-c0-9. -]{0,60}") {
            let _ = registry(&rows);
            if let Ok(found) = registry(&format!("{{\"worktrees\":[{{\"ports\":{rows}}}]}}")) {
                prop_assert!(found.entries.len() <= 1 && found.notes.len() <= NAMED + 1);
            }
        }
    }
}
