//! Where a workflow stands, in situations that git itself has made: the derived step is right whatever the record says, with the
//! record absent, right, stale, ahead and contradictory.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::Value;
use support::flow::Flow;

/// What is made, and the step that has to come out.
type Situation = (&'static str, &'static str, fn() -> Flow);

fn feature() -> Flow {
    Flow::new("feature")
}

fn begun() -> Flow {
    let flow = feature();
    flow.begin("contrib/ada");
    flow
}

fn specified() -> Flow {
    let flow = begun();
    flow.specify();
    flow
}

fn worked() -> Flow {
    let flow = specified();
    flow.work("src/form.py", "print('form')\n");
    flow
}

fn merged() -> Flow {
    let flow = worked();
    flow.merge_into("contrib/ada");
    flow
}

fn offered(state: &str, draft: bool, review: &str) -> Flow {
    let flow = worked();
    flow.pull_request("contrib/ada", state, draft, review);
    flow
}

fn finished() -> Flow {
    let flow = merged();
    flow.leave().archive();
    flow
}

fn release() -> Flow {
    let flow = Flow::new("release");
    flow.begin("develop");
    flow.work("src/version.py", "1.1.0\n");
    flow
}

fn released() -> Flow {
    let flow = release();
    flow.merge_into("main");
    flow
}

fn hotfix() -> Flow {
    let flow = Flow::new("hotfix");
    flow.begin("main");
    flow
}

fn fixed() -> Flow {
    let flow = hotfix();
    flow.work("src/fix.py", "fixed\n");
    flow
}

/// Builds on another situation.
macro_rules! after {
    ($start:expr, $($act:tt)*) => {
        || {
            let flow = $start;
            flow.$($act)*;
            flow
        }
    };
}

const FEATURE: [Situation; 17] = [
    ("no branch", "2.1", feature),
    ("a branch that is checked out nowhere", "2.1", || {
        let flow = feature();
        flow.git(&["branch", &flow.branch(), "contrib/ada"]);
        flow
    }),
    ("a worktree without documents", "2.3", begun),
    (
        "a specification without a plan",
        "2.3",
        after!(begun(), write_there("specs/login/spec.md", "It logs users in.\n")),
    ),
    ("documents that are templates still", "2.3", || {
        let flow = begun();
        flow.write_there("specs/login/spec.md", "# Spec\n\nTBD\n")
            .write_there("specs/login/plan.md", "# Plan\n\n[...]\n");
        flow
    }),
    ("documents that nobody committed", "2.4", specified),
    ("commits of documents only", "2.4", || {
        let flow = specified();
        flow.commit_in(&flow.tree(), "docs: plan");
        flow
    }),
    ("a merge of the base and no work", "2.4", || {
        let flow = specified();
        flow.commit_in(&flow.tree(), "docs: plan");
        flow.git(&["switch", "-q", "contrib/ada"]);
        flow.put("other.py", "1\n");
        flow.commit("feat: other");
        flow.git(&["switch", "-q", "main"]);
        flow.git_in(&flow.tree(), &["merge", "-q", "--no-ff", "-m", "Merge base", "contrib/ada"]);
        flow
    }),
    ("work without evidence", "2.5", worked),
    ("work that also waits in the checkout", "2.5", after!(worked(), write_there("src/more.py", "2\n"))),
    ("documents that lie in the main checkout only", "2.5", || {
        let flow = begun();
        flow.put("specs/login/spec.md", "It logs users in with a name.\n");
        flow.put("specs/login/plan.md", "# Plan\n\n- [ ] impl_001: write the form\n");
        flow.work("src/form.py", "1\n");
        flow
    }),
    ("merged with a merge commit", "4.5", merged),
    ("merged by a fast-forward", "4.5", || {
        let flow = worked();
        flow.git(&["branch", "-f", "contrib/ada", &flow.branch()]);
        flow
    }),
    ("squashed", "4.5", || {
        let flow = worked();
        flow.git(&["switch", "-q", "contrib/ada"]);
        flow.git(&["merge", "-q", "--squash", &flow.branch()]);
        flow.commit("feat: log in (#7)");
        flow.git(&["switch", "-q", "main"]);
        flow
    }),
    ("cherry-picked", "4.5", || {
        let flow = worked();
        flow.git(&["switch", "-q", "contrib/ada"]);
        flow.put("other.py", "1\n");
        flow.commit("feat: other");
        flow.git(&["cherry-pick", &flow.branch()]);
        flow.git(&["switch", "-q", "main"]);
        flow
    }),
    ("merged and then worked on", "2.5", after!(merged(), work("src/again.py", "3\n"))),
    ("work that touches migrations", "2.3.1", || {
        let flow = specified();
        flow.work("db/migrations/0001_users.sql", "create table users (id int);\n");
        flow
    }),
];

const OFFERED: [Situation; 10] = [
    ("a pull request that waits", "4.2", || offered("OPEN", false, "REVIEW_REQUIRED")),
    ("a pull request whose review nobody knows", "4.2", || offered("OPEN", false, "?")),
    ("a pull request with changes asked for", "4.2", || offered("OPEN", false, "CHANGES_REQUESTED")),
    ("an approved pull request", "4.4", || offered("OPEN", false, "APPROVED")),
    ("a draft", "2.5", || offered("OPEN", true, "")),
    ("a pull request that was closed", "2.5", || offered("CLOSED", false, "")),
    ("a pull request that was merged at the host", "4.5", || offered("MERGED", false, "APPROVED")),
    ("a pull request of another branch", "2.5", || {
        let flow = worked();
        let row = r#"[{"number":9,"state":"MERGED","headRefName":"feature/other","baseRefName":"contrib/ada"}]"#;
        flow.write("pr.json", row);
        flow
    }),
    ("a pull request into another branch", "2.5", || {
        let flow = worked();
        flow.pull_request("gh-pages", "MERGED", false, "");
        flow
    }),
    ("a pull request that was merged before the newest work", "2.5", || {
        let flow = worked();
        let old = flow.git_in(&flow.tree(), &["rev-parse", "HEAD"]);
        flow.work("src/again.py", "3\n");
        let row = serde_json::json!({"number": 7, "state": "MERGED", "headRefName": flow.branch(), "headRefOid": old});
        flow.write("pr.json", &row.to_string());
        flow
    }),
];

const AFTER: [Situation; 7] = [
    ("merged, and the worktree is gone", "4.5", after!(merged(), leave())),
    ("merged and archived, and the worktree is there", "4.5", after!(merged(), archive())),
    ("archived and gone, the branch kept", "4.8", finished),
    ("archived, and the branch is gone", "4.8", after!(finished(), forget())),
    ("develop has gone on", "4.7", || {
        let flow = finished();
        flow.git(&["switch", "-q", "develop"]);
        flow.put("other.py", "1\n");
        flow.commit("feat: other");
        flow.git(&["switch", "-q", "main"]);
        flow
    }),
    ("all is in develop", "complete", after!(finished(), merge("contrib/ada", "develop"))),
    ("all is in develop and the branch is gone", "complete", || {
        let flow = finished();
        flow.merge("contrib/ada", "develop").forget();
        flow
    }),
];

const OTHERS: [Situation; 16] = [
    ("a release without a branch", "5.1", || Flow::new("release")),
    ("a release with a worktree", "5.2", release),
    ("a release in review", "5.5", || {
        let flow = release();
        flow.pull_request("main", "OPEN", false, "");
        flow
    }),
    ("a release in main", "5.6", released),
    ("a release with another tag", "5.6", || {
        let flow = released();
        flow.git(&["tag", "v1.0.9"]);
        flow
    }),
    ("a tagged release", "5.7", || {
        let flow = released();
        flow.git(&["tag", "v1.1.0"]);
        flow
    }),
    ("a release that is back in develop", "5.8", || {
        let flow = released();
        flow.git(&["tag", "v1.1.0"]);
        flow.merge("main", "develop");
        flow
    }),
    ("a release that is done", "complete", || {
        let flow = released();
        flow.git(&["tag", "v1.1.0"]);
        flow.merge("main", "develop").leave().archive();
        flow
    }),
    ("a hotfix without a branch", "6.1", || Flow::new("hotfix")),
    ("a hotfix with a worktree", "6.2", hotfix),
    ("a fix without tests", "6.3", fixed),
    ("a fix that touches migrations", "6.1.1", after!(hotfix(), work("migrations/1.sql", "drop table x;\n"))),
    ("a fix in main", "6.8", after!(fixed(), merge_into("main"))),
    ("a tagged fix", "6.9", || {
        let flow = fixed();
        flow.merge_into("main");
        flow.git(&["tag", "v1.1.0"]);
        flow
    }),
    ("a feature of a repository with nothing but main", "4.5", || {
        let flow = Flow::trunk("feature");
        flow.begin("main").specify().work("src/form.py", "1\n").merge_into("main");
        flow
    }),
    ("a feature in the main checkout itself", "2.5", || {
        let flow = Flow::trunk("feature");
        flow.git(&["switch", "-q", "-c", &flow.branch()]);
        flow.put("specs/login/spec.md", "It logs users in with a name.\n");
        flow.put("specs/login/plan.md", "# Plan\n\n- [ ] impl_001: write the form\n");
        flow.put("src/form.py", "1\n");
        flow.commit("feat: form");
        flow
    }),
];

fn status(step: &str) -> &'static str {
    match step.chars().next() {
        Some('2') => "implementation",
        Some('3') => "qa",
        Some('4') => "integration",
        Some('5') => "release",
        Some('6') => "hotfix",
        _ => "completed",
    }
}

/// Asks with every kind of record; the answer must be the same.
fn hold(situations: &[Situation]) {
    for (name, step, build) in situations {
        let flow = build();
        let first = flow.next();
        assert_eq!(first["derived"]["step"], *step, "{name}: {first:#}");
        let phase = first["derived"]["phase"].to_string();
        let open = first["derived"]["evidence"].as_array().expect("evidence").iter();
        let open = open.clone().find(|one| one["step"] == *step);
        assert!(open.is_none_or(|one| one["proven"] != "yes"), "{name}: {first:#}");
        let right = (phase.as_str(), *step, status(step));
        let stale = ("0", "0.4", "setup");
        let ahead = if *step == "5.8" { ("6", "6.10", "hotfix") } else { ("5", "5.8", "release") };
        let odd = (phase.as_str(), "9.9", "completed");
        for (claim, drifts) in
            [(None, true), (Some(right), false), (Some(stale), true), (Some(ahead), true), (Some(odd), true)]
        {
            flow.record(claim);
            let data = flow.next();
            let same = |one: &Value| (one["step"].clone(), one["phase"].clone(), one["evidence"].clone());
            assert_eq!(same(&data["derived"]), same(&first["derived"]), "{name} {claim:?}");
            let drift = data["drift"].as_array().expect("drift");
            assert_eq!(!drift.is_empty(), drifts, "{name} {claim:?}: {drift:#?}");
            assert!(drift.iter().all(|one| one["evidence"].as_str().is_some_and(|why| !why.is_empty())), "{drift:#?}");
        }
    }
}

#[test]
fn a_feature_stands_where_git_and_its_documents_show_it() {
    hold(&FEATURE);
}

#[test]
fn a_pull_request_counts_for_its_own_branch_target_and_content() {
    hold(&OFFERED);
}

#[test]
fn what_was_merged_stays_merged_when_worktree_and_branch_are_gone() {
    hold(&AFTER);
}

#[test]
fn releases_hotfixes_and_trunks_have_steps_of_their_own() {
    hold(&OTHERS);
}
