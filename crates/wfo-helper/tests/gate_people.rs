//! What persons say to gates: waivers, approvals, baselines; evidence about content; and what a repository cannot say.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::gate::{check, day, fixture, gate, judge, report, unattended};
use support::tree::picture;
use support::{Repo, text_of};

/// A repository in which a yes needs nobody, with a report that finds two secrets.
fn finding() -> (Repo, std::path::PathBuf, Vec<String>) {
    let repo = Repo::new();
    unattended(&repo);
    let file = report(&repo, "findings.json", &fixture("gitleaks/findings.json"));
    let data = judge(&repo, "commit", "gitleaks", &file).answer()["data"].take();
    let items = check(&data, "secrets")["items"].as_array().unwrap().iter();
    let prints: Vec<String> = items.map(|item| item["fingerprint"].as_str().unwrap().to_owned()).collect();
    assert_eq!(prints.len(), 2);
    (repo, file, prints)
}

fn waive(repo: &Repo, finding: &str, until: &str) -> support::Done {
    gate(repo, &["waive", finding, "--reason", "a test value", "--until", until, "--yes"])
}

fn standing(repo: &Repo, name: &str) -> (Option<i32>, Value, Value) {
    let done = gate(repo, &["status", name]);
    let mut row = done.answer()["data"]["gates"][0].take();
    (done.status, row["state"].take(), row["verdict"].take())
}

#[test]
fn a_waived_finding_does_not_count_until_its_last_day_is_over_and_every_use_is_listed() {
    let (repo, file, prints) = finding();
    let refused = gate(&repo, &["waive", &prints[0], "--reason", "r", "--until", &day(91), "--yes"]);
    assert_eq!(refused.failure(), (20, "gate.waiver-invalid".to_owned()));
    for print in &prints {
        let data = waive(&repo, print, &day(0)).data();
        assert_eq!((&data["applied"], &data["waiver"]["by"]), (&json!(true), &json!("ada")));
    }
    let done = judge(&repo, "commit", "gitleaks", &file);
    let data = done.data();
    assert_eq!((&data["verdict"], check(&data, "secrets")["findings"].clone()), (&json!("pass"), json!(0)));
    let waived = data["waived"].as_array().unwrap();
    assert_eq!(waived.len(), 2);
    assert_eq!(
        (&waived[0]["finding"], &waived[0]["reason"], &waived[0]["until"]),
        (&json!(prints[0]), &json!("a test value"), &json!(day(0)))
    );
    let path = repo.root().join(".wfo/waivers.yaml");
    let expired = text_of(&path).replace(&day(0), &day(-1));
    repo.put(".wfo/waivers.yaml", &expired);
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert_eq!((done.status, done.codes()), (Some(10), vec!["gate.waiver-invalid".to_owned(); 2]));
    assert_eq!(done.answer()["diagnostics"][0]["severity"], "error");
    assert_eq!(done.answer()["diagnostics"][0]["where"], json!({"file": ".wfo/waivers.yaml", "line": 2}));
}

#[test]
fn rows_that_nobody_confirmed_here_wildcards_and_rows_that_lack_something_waive_nothing() {
    let (repo, file, prints) = finding();
    let row = |finding: &str| format!("- {{finding: \"{finding}\", reason: r, by: eve, until: {}}}\n", day(3));
    repo.put(".wfo/waivers.yaml", &format!("rows:\n{}{}", row(&prints[0]), row(&prints[1])));
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert_eq!((done.status, done.codes()), (Some(10), vec!["gate.waiver-unapproved".to_owned(); 2]));
    // a repository cannot trust itself
    repo.put(".wfo/config.yaml", "waivers: {trust: repository}\n");
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert!(done.status == Some(10) && done.codes().contains(&"config.not-from-repository".to_owned()), "{done:?}");
    // the user can
    repo.put_config("wfo/config.yaml", "waivers: {trust: repository}\n");
    assert_eq!(judge(&repo, "commit", "gitleaks", &file).status, Some(0));
    repo.put(
        ".wfo/waivers.yaml",
        &format!("rows:\n{}- {{finding: {}, by: eve, until: {}}}\n", row("*"), prints[0], day(3)),
    );
    let done = judge(&repo, "commit", "gitleaks", &file);
    let faults = done.codes().into_iter().filter(|code| code == "gate.waiver-invalid").count();
    assert_eq!((done.status, faults), (Some(10), 2));
}

#[test]
fn a_waiver_that_covers_nothing_is_named_and_changes_no_verdict() {
    let (repo, file, prints) = finding();
    waive(&repo, &prints[0], &day(3));
    let gone = "0123456789abcdef";
    waive(&repo, gone, &day(5));
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert_eq!((done.status, done.codes()), (Some(10), vec!["gate.waiver-unmatched".to_owned()]));
    let data = done.answer()["data"].take();
    let unmatched = json!([{"finding": gone, "reason": "a test value", "by": "ada", "until": day(5)}]);
    assert_eq!((&data["unmatched"], data["waived"].as_array().map(Vec::len)), (&unmatched, Some(1)));
    let said = &done.answer()["diagnostics"][0];
    assert_eq!((&said["severity"], &said["where"]["line"]), (&json!("warning"), &json!(3)));
    let words = said["message"].as_str().unwrap();
    assert!(words.contains(gone) && words.contains(&day(5)), "{words}");
    assert!(said["hint"].as_str().unwrap().contains("remove its row"), "{said:#}");
    waive(&repo, &prints[1], &day(3));
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert_eq!((done.status, done.codes()), (Some(0), vec!["gate.waiver-unmatched".to_owned()]), "still a pass");
    // Where no report can be read nobody can tell.
    let broken = report(&repo, "broken.json", b"{");
    let done = judge(&repo, "commit", "gitleaks", &broken);
    assert_eq!((done.status, done.codes(), done.answer()["data"]["unmatched"].take()), (Some(11), vec![], json!([])));
    // What another gate's evidence holds is no fault of its waiver.
    judge(&repo, "commit", "gitleaks", &file);
    let clean = report(&repo, "clean.json", &fixture("bandit/clean.json"));
    let done = judge(&repo, "security", "bandit", &clean);
    assert_eq!(done.answer()["data"]["unmatched"], json!([unmatched[0]]));
}

#[test]
fn a_waiver_is_a_proposal_that_an_agent_cannot_confirm() {
    let (repo, file, prints) = finding();
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    let before = picture(&repo.root());
    let words = ["waive", &prints[0], "--reason", "r", "--until", &day(3)];
    let done = gate(&repo, &words);
    let data = done.data();
    let id = data["proposal"]["id"].as_str().expect("an id").to_owned();
    assert!(done.answer()["next"][0].as_str().unwrap().ends_with(&format!("--confirm {id}")));
    let confirmed = gate(&repo, &[&words[..], &["--confirm", &id]].concat());
    assert_eq!(confirmed.failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(picture(&repo.root()), before);
    assert_eq!(judge(&repo, "commit", "gitleaks", &file).status, Some(10));
    unattended(&repo);
    repo.put(".wfo/waivers.yaml", "# changed meanwhile\n");
    let stale = gate(&repo, &[&words[..], &["--confirm", &id]].concat());
    assert_eq!(stale.failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(gate(&repo, &[&words[..], &["--yes"]].concat()).status, Some(0));
    assert!(text_of(&repo.root().join(".wfo/waivers.yaml")).starts_with("# changed meanwhile\nrows:\n"));
}

#[test]
fn evidence_survives_adding_and_committing_the_same_bytes_and_no_other_change() {
    let repo = Repo::new();
    repo.put("src/a.py", "print(1)\n");
    let file = report(&repo, "clean.json", &fixture("gitleaks/clean.json"));
    assert_eq!(standing(&repo, "commit"), (Some(11), json!("missing"), Value::Null));
    let data = judge(&repo, "commit", "gitleaks", &file).data();
    assert!(data["content"].as_str().is_some_and(|word| word.len() == 32), "{data:#}");
    let fresh = (Some(0), json!("fresh"), json!("pass"));
    assert_eq!(standing(&repo, "commit"), fresh);
    repo.git(&["add", "-A"]);
    assert_eq!(standing(&repo, "commit"), fresh, "added");
    repo.commit("the same bytes");
    assert_eq!(standing(&repo, "commit"), fresh, "committed");
    let stale = (Some(11), json!("stale"), json!("pass"));
    repo.put("src/a.py", "print(2)\n");
    assert_eq!(standing(&repo, "commit"), stale, "another content");
    repo.git(&["add", "-A"]);
    repo.put("src/a.py", "print(1)\n");
    assert_eq!(standing(&repo, "commit"), stale, "the index holds what nobody judged");
    repo.git(&["reset", "-q", "--hard"]);
    assert_eq!(standing(&repo, "commit"), fresh, "the old content again");
    repo.put("src/new.py", "");
    assert_eq!(standing(&repo, "commit"), stale, "one file more");
    std::fs::remove_file(repo.root().join("src/new.py")).unwrap();
    repo.put(".gitignore", "*.log\n");
    repo.commit("ignore logs");
    judge(&repo, "commit", "gitleaks", &report(&repo, "clean.json", b"[]"));
    repo.put("x.log", "ignored\n");
    assert_eq!(standing(&repo, "commit"), fresh, "an ignored file is no content");
    repo.put("PROJECT_CONTEXT.md", "## Project Context\n");
    repo.put("TODO_feature_20261121T090000Z_login.md", "---\nslug: login\n---\n");
    assert_eq!(standing(&repo, "commit"), fresh, "records of the work are no content");
    repo.commit("records");
    repo.put("PROJECT_CONTEXT.md", "## Project Context\nchanged\n");
    assert_eq!(standing(&repo, "commit"), fresh, "tracked records neither");
    repo.put("docs/PROJECT_CONTEXT.md", "");
    assert_eq!(standing(&repo, "commit"), stale, "elsewhere the name means nothing");
    std::fs::remove_dir_all(repo.root().join("docs")).unwrap();
    assert_eq!(standing(&repo, "commit"), fresh);
    repo.put_config(
        "wfo/data/gates.yaml",
        "rows:\n- {name: commit, checks: [{name: secrets, kind: secrets, max: 0, tools: [gitleaks]}]}\n",
    );
    assert_eq!(standing(&repo, "commit"), stale, "another gate");
}

#[test]
fn evidence_that_somebody_changed_by_hand_does_not_count() {
    let (repo, ..) = finding();
    assert_eq!(standing(&repo, "commit"), (Some(10), json!("fresh"), json!("fail")));
    let mut files = Vec::new();
    let mut folders = vec![repo.config().join("wfo/state")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let list = if entry.path().is_dir() { &mut folders } else { &mut files };
            list.push(entry.path());
        }
    }
    let path = files.iter().find(|path| path.ends_with("commit.json")).expect("evidence");
    let text = text_of(path);
    let forged = text.replacen("\\\"verdict\\\":\\\"fail\\\"", "\\\"verdict\\\":\\\"pass\\\"", 1);
    assert_ne!(forged, text);
    wfo_base::atomic::write(path, forged.as_bytes()).unwrap();
    assert_eq!(standing(&repo, "commit"), (Some(11), json!("missing"), Value::Null));
    assert!(gate(&repo, &["status"]).codes().contains(&"gate.evidence-invalid".to_owned()));
}

#[test]
fn a_gate_of_persons_is_unknown_until_somebody_answers_every_item_and_again_when_files_change() {
    let repo = Repo::new();
    assert_eq!(gate(&repo, &["judge", "ship"]).status, Some(11));
    let explained = gate(&repo, &["explain", "ship"]).data();
    let lists = explained["approvals"].as_array().unwrap();
    assert_eq!((lists.len(), lists[0]["items"].as_array().unwrap().len()), (2, 10));
    let done = gate(&repo, &["approve", "ship"]);
    assert_eq!(done.data()["proposal"]["actions"].as_array().unwrap().len(), 30);
    assert_eq!(gate(&repo, &["approve", "ship", "--yes"]).failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(standing(&repo, "ship"), (Some(11), json!("missing"), Value::Null));
    unattended(&repo);
    assert_eq!(
        gate(&repo, &["approve", "ship", "--na", "code-scan", "--na", "security-review", "--yes"]).data()["applied"],
        true
    );
    assert_eq!(gate(&repo, &["judge", "ship"]).data()["verdict"], "pass");
    assert_eq!(standing(&repo, "ship"), (Some(0), json!("fresh"), json!("pass")));
    repo.put("more.txt", "x\n");
    assert_eq!(gate(&repo, &["judge", "ship"]).status, Some(11), "another content");
    assert_eq!(standing(&repo, "ship"), (Some(11), json!("stale"), json!("pass")), "it was pass");
    gate(&repo, &["approve", "ship", "--no", "code-tests", "--yes"]).data();
    let done = gate(&repo, &["judge", "ship"]);
    assert_eq!(done.status, Some(10));
    repo.put("more.txt", "y\n");
    assert_eq!(standing(&repo, "ship"), (Some(11), json!("stale"), json!("fail")), "it was fail");
    repo.put("more.txt", "x\n");
    let data = done.answer()["data"].take();
    assert_eq!(check(&data, "deployment-readiness")["items"][0]["id"], "code-tests");
    for (words, status, code) in [
        (&["approve", "ship", "--no", "nose"][..], 20, "gate.item-unknown"),
        (&["approve", "commit"], 20, "gate.item-unknown"),
        (&["approve", "nose"], 20, "gate.unknown"),
        (&["judge", "nose"], 20, "gate.unknown"),
        (&["judge", "ship", "--report", "nose=x"], 64, "usage.invalid"),
        (&["judge", "ship", "--report", "semgrep"], 64, "usage.invalid"),
        (&["judge", "security", "--report", "lcov:before=x"], 64, "usage.invalid"),
    ] {
        assert_eq!(gate(&repo, words).failure(), (status, code.to_owned()), "{words:?}");
    }
}

#[test]
fn a_baseline_marks_what_is_new_and_changes_no_verdict() {
    let (repo, file, _) = finding();
    let proposed = gate(&repo, &["baseline", "commit"]).data();
    assert_eq!(
        (&proposed["applied"], &proposed["findings"], &proposed["added"]),
        (&json!(false), &json!(2), &json!(2))
    );
    assert!(!repo.root().join(".wfo/baseline.json").exists());
    assert_eq!(gate(&repo, &["baseline", "commit", "--yes"]).data()["applied"], true);
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert_eq!(done.status, Some(10), "a baseline excuses nothing");
    let data = done.answer()["data"].take();
    assert!(check(&data, "secrets")["items"].as_array().unwrap().iter().all(|item| item["new"] == false));
    let other = report(&repo, "other.json", br#"[{"RuleID":"r","File":"f","StartLine":1,"Secret":"x","Match":"x"}]"#);
    let data = judge(&repo, "commit", "gitleaks", &other).answer()["data"].take();
    assert_eq!(check(&data, "secrets")["items"][0]["new"], true);
    repo.put(".wfo/baseline.json", "[");
    let done = judge(&repo, "commit", "gitleaks", &file);
    assert!(done.status == Some(10) && done.codes().contains(&"gate.baseline-invalid".to_owned()));
}

#[test]
fn a_repository_may_tighten_a_gate_and_what_loosens_one_is_ignored_and_said() {
    let repo = Repo::new();
    let row = |min: u32, rest: &str| {
        format!(
            "rows:\n- {{name: only, checks: [{{name: coverage, kind: coverage, min: {min}, tools: [lcov]{rest}}}]}}\n"
        )
    };
    repo.put_config("wfo/data/gates.yaml", &row(80, ""));
    let file = report(&repo, "lcov.info", &fixture("lcov/exact.info"));
    assert_eq!(judge(&repo, "only", "lcov", &file).status, Some(0));
    for (table, status, threshold) in [
        (row(50, ""), 0, 80),
        (row(90, ", required: false"), 0, 80),
        (row(90, ", when: [nowhere]"), 0, 80),
        (row(90, ""), 10, 90),
    ] {
        repo.put(".wfo/data/gates.yaml", &table);
        let file = report(&repo, "lcov.info", &fixture("lcov/exact.info"));
        let done = judge(&repo, "only", "lcov", &file);
        let answer = done.answer();
        assert_eq!(
            (done.status, &answer["data"]["checks"][0]["threshold"]),
            (Some(status), &json!(threshold)),
            "{table}"
        );
        // a row that requires nothing is refused as such
        let said = done.codes().iter().any(|code| code == "table.row-ignored" || code == "table.invalid");
        assert_eq!(said, status == 0, "{table}");
    }
}

#[test]
fn each_language_of_a_repository_needs_a_report() {
    let repo = Repo::new();
    repo.put("package.json", "{\"name\":\"x\"}\n");
    repo.put("requirements.txt", "acme==1\n");
    let npm = report(&repo, "npm.json", &fixture("npm-audit/none.json"));
    let pip = report(&repo, "pip.json", &fixture("pip-audit/clean.json"));
    let data = judge(&repo, "security", "npm-audit", &npm).answer()["data"].take();
    let found = check(&data, "dependencies");
    assert_eq!((&found["verdict"], &found["reason"]), (&json!("unknown"), &json!("no report speaks for python")));
    let both = [format!("npm-audit={}", npm.display()), format!("pip-audit={}", pip.display())];
    let done = gate(&repo, &["judge", "security", "--report", &both[0], "--report", &both[1]]);
    let data = done.answer()["data"].take();
    assert_eq!(check(&data, "dependencies")["verdict"], "pass");
    let bare = Repo::new();
    let data = gate(&bare, &["judge", "security"]).answer()["data"].take();
    assert_eq!(
        (check(&data, "dependencies")["verdict"].clone(), check(&data, "sast")["verdict"].clone()),
        (json!("skipped"), json!("unknown"))
    );
}

#[test]
fn changed_lines_are_compared_with_the_default_branch() {
    let repo = Repo::new();
    repo.put("src/a.js", &"line\n".repeat(10));
    repo.put("package.json", "{\"name\":\"x\"}\n");
    repo.commit("code");
    repo.git(&["checkout", "-q", "-b", "feat"]);
    repo.put("src/a.js", &format!("{}new\nnew\n", "line\n".repeat(10)));
    repo.commit("two lines");
    for (hits, verdict) in [([1, 1], "pass"), ([1, 0], "fail")] {
        let lines: String =
            (1..=12).map(|line| format!("DA:{line},{}\n", if line > 10 { hits[line - 11] } else { 0 })).collect();
        let hit: u32 = hits.iter().sum();
        let file =
            report(&repo, "lcov.info", format!("TN:\nSF:src/a.js\n{lines}LF:12\nLH:{hit}\nend_of_record\n").as_bytes());
        let data = judge(&repo, "quality", "lcov", &file).answer()["data"].take();
        let found = check(&data, "changed-coverage");
        assert_eq!(found["verdict"], verdict, "{found:#}");
        assert_eq!(check(&data, "coverage")["verdict"], "fail");
    }
}

#[test]
fn outside_a_repository_and_with_a_dry_run_nothing_is_kept() {
    let sandbox = support::Sandbox::new();
    let file = report(&sandbox, "clean.json", &fixture("gitleaks/clean.json"));
    let data = judge(&sandbox, "commit", "gitleaks", &file).data();
    assert_eq!((&data["verdict"], &data["content"], &data["applied"]), (&json!("pass"), &Value::Null, &json!(false)));
    assert_eq!(gate(&sandbox, &["waive", "0123456789abcdef", "--reason", "r", "--until", &day(1)]).failure().0, 20);
    let repo = Repo::new();
    let words = format!("gitleaks={}", file.display());
    let done = gate(&repo, &["judge", "commit", "--report", &words, "--dry-run"]);
    assert_eq!(done.data()["applied"], false);
    assert_eq!(standing(&repo, "commit").1, "missing");
    let listed = gate(&repo, &["list"]).data();
    let names: Vec<&str> = listed["gates"].as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["security", "quality", "schema", "research", "ship", "commit"]);
}
