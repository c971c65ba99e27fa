//! Reviews of a pull request as both providers answer them, a repository whose remote is at one, and stand-ins for `gh` and `az`.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use serde_json::{Value, json};

use super::{Call, Done, Repo};

pub(crate) const GITHUB: &str = "https://github.com/ada/shop.git";
pub(crate) const AZURE: &str = "https://dev.azure.com/ada/my%20shop/_git/shop";
/// What calls for work of its own.
pub(crate) const LARGE: &str = "Please refactor this, it leaks memory.";

pub(crate) fn thread(id: &str, body: &str) -> Value {
    json!({"id": id, "isResolved": false, "isOutdated": false, "path": "src/cart.rs", "line": 7, "originalLine": 7,
        "comments": {"pageInfo": {"hasNextPage": false}, "nodes": [{"author": {"login": "grace"}, "body": body,
            "createdAt": "2026-11-20T10:00:00Z", "url": "https://github.com/ada/shop/pull/94#discussion_r1"}]}})
}

pub(crate) fn page(threads: Vec<Value>, after: Option<&str>) -> Value {
    json!({"data": {"repository": {"pullRequest": {"number": 94, "reviewThreads": {
        "pageInfo": {"hasNextPage": after.is_some(), "endCursor": after}, "nodes": threads}}}}})
}

pub(crate) fn azure_thread(id: u64, status: &str, content: &str) -> Value {
    json!({"id": id, "status": status, "isDeleted": false, "publishedDate": "2026-11-20T10:00:00Z",
        "threadContext": {"filePath": "/src/cart.cs", "rightFileStart": {"line": 3, "offset": 1}, "leftFileStart": null},
        "_links": {"self": {"href": "https://dev.azure.com/ada/_apis/git/repositories/r/pullRequests/94/threads/1"}},
        "comments": [{"id": 1, "author": {"displayName": "Grace"}, "content": content, "commentType": "text",
            "publishedDate": "2026-11-20T10:00:00Z"}]})
}

/// A repository whose remote is at a host, with nobody who has to be asked.
pub(crate) fn at(url: &str) -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", url]);
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo
}

pub(crate) fn call(repo: &Repo, words: &[&str]) -> Call {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", repo.at("bin").display());
    repo.call(&[&["pr", "feedback", "--pr", "94", "--json"], words].concat()).env("PATH", path)
}

pub(crate) fn feedback(repo: &Repo, words: &[&str]) -> Done {
    call(repo, words).run(repo)
}

pub(crate) fn from(repo: &Repo, answer: &Value) -> Done {
    repo.write("answer.json", &answer.to_string());
    feedback(repo, &["--from", "../answer.json"])
}

/// A stand-in that notes how it is called.
pub(crate) fn stand_in(repo: &Repo, name: &str, script: &str) {
    let log = repo.at("calls");
    repo.program(
        &format!("bin/{name}"),
        &format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{}'\n{script}\n", log.display()),
    );
}

pub(crate) fn calls(repo: &Repo) -> Vec<String> {
    std::fs::read_to_string(repo.at("calls")).unwrap_or_default().lines().map(str::to_owned).collect()
}
