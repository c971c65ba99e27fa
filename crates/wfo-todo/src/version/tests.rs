//! Messages, tags and surfaces with the version that follows, and the notes of a release.
//! No repository is asked.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use proptest::prelude::*;

fn commit(id: &str, message: &str) -> Commit {
    Commit { id: format!("{id:0<40}"), message: message.to_owned(), parents: 1 }
}

fn commits(messages: &[&str]) -> Vec<Commit> {
    messages.iter().enumerate().map(|(n, message)| commit(&format!("{:x}", n + 10), message)).collect()
}

fn next(tags: &[&str], messages: &[&str]) -> (String, Bump) {
    let proposal = propose(tags.iter().copied(), &commits(messages), &[]);
    (proposal.version.to_string(), proposal.bump)
}

#[test]
fn commits_are_read_by_the_convention() {
    for (message, kind, scope, breaking, subject) in [
        ("feat: add login", Some("feat"), None, false, "add login"),
        ("Fix(api): close it", Some("fix"), Some("api"), false, "close it"),
        ("feat(ui)!: new form", Some("feat"), Some("ui"), true, "new form"),
        ("refactor!: drop node 18", Some("refactor"), None, true, "drop node 18"),
        ("chore: x\n\nBREAKING CHANGE: gone", Some("chore"), None, true, "x"),
        ("chore: x\n\nBREAKING-CHANGE: gone", Some("chore"), None, true, "x"),
        ("chore: x\n\nbreaking change: not so written", Some("chore"), None, false, "x"),
        ("\n\nfeat: after blank lines", Some("feat"), None, false, "after blank lines"),
        ("Merge things", None, None, false, "Merge things"),
        ("https://example.org: x", None, None, false, "https://example.org: x"),
        ("feat:no blank", None, None, false, "feat:no blank"),
        ("feat(): empty scope", None, None, false, "feat(): empty scope"),
        ("feat(a: open", None, None, false, "feat(a: open"),
        ("feat: ", None, None, false, "feat:"),
        ("", None, None, false, ""),
    ] {
        let read = Conventional::of(message);
        let got = (read.kind.as_deref(), read.scope.as_deref(), read.breaking, read.subject.as_str());
        assert_eq!(got, (kind, scope, breaking, subject), "{message}");
    }
}

#[test]
fn the_version_rises_by_what_the_commits_ask_for() {
    for (tags, messages, version, bump) in [
        (vec!["v1.2.3"], vec!["fix: a"], "1.2.4", Bump::Patch),
        (vec!["1.2.3"], vec!["fix: a", "feat: b"], "1.3.0", Bump::Minor),
        (vec!["v1.2.3"], vec!["feat: b", "fix!: c"], "2.0.0", Bump::Major),
        (vec!["v1.2.3"], vec!["docs: a"], "1.2.4", Bump::Patch),
        (vec!["v1.2.3"], vec!["just words"], "1.2.4", Bump::Patch),
        (vec!["v1.2.3"], vec!["Login (#12)\n\n* feat: login\n* fix: typo"], "1.3.0", Bump::Minor),
        (vec!["v1.2.3"], vec!["Login (#12)\n\n- feat!: login"], "2.0.0", Bump::Major),
        (vec!["v1.2.3"], vec![], "1.2.3", Bump::None),
        (vec!["v0.3.1"], vec!["feat!: a"], "0.4.0", Bump::Minor),
        (vec!["v0.3.1"], vec!["feat: a"], "0.4.0", Bump::Minor),
        (vec!["v0.3.1"], vec!["fix: a"], "0.3.2", Bump::Patch),
        (vec!["v0.0.0"], vec!["fix: a\n\nBREAKING CHANGE: b"], "0.1.0", Bump::Minor),
        (vec![], vec!["fix: a"], "0.1.0", Bump::Minor),
        (vec!["nightly", "v1", "v1.2", "1.2.3.4", "vv1.2.3", "v01.2.3"], vec!["fix: a"], "0.1.0", Bump::Minor),
        (vec!["v1.4.0-rc.1", "v1.3.9"], vec!["fix: a"], "1.4.0", Bump::Patch),
        (vec!["v1.4.0-rc.1"], vec!["feat: a"], "1.4.0", Bump::Minor),
        (vec!["v1.4.1-rc.1"], vec!["feat: a"], "1.5.0", Bump::Minor),
        (vec!["v1.4.0-rc.1"], vec!["feat!: a"], "2.0.0", Bump::Major),
        (vec!["v2.0.0-beta"], vec!["feat!: a"], "2.0.0", Bump::Major),
        (vec!["v1.4.0", "v1.4.0-hotfix.1"], vec!["fix: a"], "1.4.1", Bump::Patch),
        (vec!["v1.10.0", "v1.9.0", "v1.2.0"], vec!["fix: a"], "1.10.1", Bump::Patch),
        (vec!["v1.2.3+build.7"], vec!["fix: a"], "1.2.4", Bump::Patch),
        (vec!["v18446744073709551615.0.0", "v1.0.0"], vec!["feat!: a"], "2.0.0", Bump::Major),
    ] {
        assert_eq!(next(&tags, &messages), (version.to_owned(), bump), "{tags:?} {messages:?}");
    }
}

#[test]
fn pre_releases_are_ordered_as_semantic_versioning_says() {
    let tags = ["v1.0.0-alpha.2", "v1.0.0-alpha.10", "v1.0.0-beta", "1.0.0-rc.1"];
    assert_eq!(highest(tags).unwrap().to_string(), "1.0.0-rc.1");
    assert_eq!(highest(["v1.0.0", "v1.0.0-rc.1"]).unwrap().to_string(), "1.0.0");
    assert_eq!(highest(["x"]), None);
}

#[test]
fn what_is_taken_back_does_not_count_and_merges_neither() {
    let feat = commit("aaaaaaaa", "feat!: a");
    let revert = commit("bbbbbbbb", &format!("Revert \"feat!: a\"\n\nThis reverts commit {}.", feat.id));
    let short = commit("cccccccc", "revert: a\n\nRefs: aaaaaaaa");
    let again = commit("dddddddd", &format!("Revert \"Revert \"feat!: a\"\"\n\nThis reverts commit {}.", revert.id));
    let old =
        commit("eeeeeeee", "Revert \"feat: old\"\n\nThis reverts commit 1234567890123456789012345678901234567890.");
    let merge = Commit { parents: 2, ..commit("ffffffff", "feat!: merged") };
    let fix = commit("99999999", "fix: b");
    for (list, version) in [
        (vec![&feat], "2.0.0"),
        (vec![&revert, &feat], "1.0.0"),
        (vec![&short, &feat], "1.0.0"),
        (vec![&fix, &revert, &feat], "1.0.1"),
        (vec![&again, &revert, &feat], "2.0.0"),
        (vec![&old], "1.0.1"),
        (vec![&merge], "1.0.0"),
        (vec![&merge, &fix], "1.0.1"),
    ] {
        let list: Vec<Commit> = list.into_iter().cloned().collect();
        assert_eq!(propose(["v1.0.0"], &list, &[]).version.to_string(), version, "{list:?}");
    }
}

#[test]
fn an_id_that_fits_two_commits_takes_neither_back() {
    let list = [
        commit("cc", "Revert \"feat: a\"\n\nThis reverts commit aaaaaaa."),
        commit("aaaaaaa1", "feat: a"),
        commit("aaaaaaa2", "feat: b"),
    ];
    assert_eq!(propose(["v1.0.0"], &list, &[]).version.to_string(), "1.1.0");
}

#[test]
fn the_public_surface_raises_the_version_and_never_lowers_it() {
    let surface = |change| [Surface { item: "src/api/users.ts".into(), change }];
    for (change, messages, version) in [
        (SurfaceChange::Removed, vec!["fix: a"], "2.0.0"),
        (SurfaceChange::Changed, vec!["fix: a"], "2.0.0"),
        (SurfaceChange::Added, vec!["fix: a"], "1.1.0"),
        (SurfaceChange::Touched, vec!["fix: a"], "1.0.1"),
        (SurfaceChange::Touched, vec!["feat!: a"], "2.0.0"),
        (SurfaceChange::Added, vec![], "1.1.0"),
    ] {
        let proposal = propose(["v1.0.0"], &commits(&messages), &surface(change));
        assert_eq!(proposal.version.to_string(), version, "{change:?} {messages:?}");
        assert!(proposal.reasons.iter().any(|reason| reason.text.contains("`src/api/users.ts`")), "{change:?}");
    }
}

#[test]
fn reasons_name_the_largest_first_with_the_commit_and_are_counted_when_cut() {
    let proposal = propose(["v0.2.0"], &commits(&["fix: a `b`", "feat!: c", "words"]), &[]);
    let texts: Vec<&str> = proposal.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "before 1.0.0 a breaking change raises the middle number",
            "breaking change: `c`",
            "fix: `a 'b'`",
            "commit without a type: `words`"
        ]
    );
    assert!(proposal.reasons[1].commit.is_some());
    let many: Vec<String> = (0..50).map(|n| format!("fix: {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let proposal = propose(["v1.0.0"], &commits(&many), &[]);
    assert_eq!((proposal.reasons.len(), proposal.reasons_more), (20, 30));
}

#[test]
fn hotfixes_are_numbered_for_each_version() {
    let version = read("v1.4.0").unwrap();
    for (tags, name) in [
        (vec![], "v1.4.0-hotfix.1"),
        (vec!["v1.4.0-hotfix.1", "1.4.0-hotfix.9", "v1.4.1-hotfix.20"], "v1.4.0-hotfix.10"),
        (vec!["v1.4.0-hotfix.x", "v1.4.0-hotfix"], "v1.4.0-hotfix.1"),
    ] {
        assert_eq!(hotfix_name(&version, tags), name);
    }
    for (name, read_as) in [
        ("hotfix/v1.4.0-hotfix.2", Some("1.4.0 2")),
        ("v1.4.0-hotfix.10", Some("1.4.0 10")),
        ("hotfix/20261121T090000Z_login", None),
        ("v1.4.0", None),
        ("v1.4.0-hotfix.01", None),
        ("v1.4.0-hotfix.-1", None),
    ] {
        let got = hotfix_of(name).map(|(version, number)| format!("{version} {number}"));
        assert_eq!(got.as_deref(), read_as, "{name}");
    }
    assert_eq!(hotfix_name(&read("1.4.0-hotfix.3").unwrap(), ["v1.4.0-hotfix.3"]), "v1.4.0-hotfix.4");
}

#[test]
fn notes_are_grouped_and_the_marks_of_subjects_do_not_count() {
    let list = commits(&[
        "feat(ui): add [login](javascript:x) <b>now</b>",
        "fix: close `it` {{ x }}",
        "perf: faster",
        "chore: tidy",
        "words only\n\nBREAKING CHANGE: all\u{1b}[31m is *new*",
        "docs: explain",
        "Revert \"feat: old\"\n\nThis reverts commit 1234567890123456789012345678901234567890.",
    ]);
    let text = notes("1.4.0", Some("2026-11-21"), &list);
    let expected = "## 1.4.0 (2026-11-21)\n\n### Breaking changes\n\n- all is \\*new\\* (e0000000)\n\n### Features\n\n- **ui:** add \\[login\\](javascript:x) \\<b\\>now\\</b\\> (a0000000)\n\n### Fixes\n\n- close \\`it\\` \\{\\{ x \\}\\} (b0000000)\n\n### Performance\n\n- faster (c0000000)\n\n### Documentation\n\n- explain (f0000000)\n\n### Reverts\n\n- Revert \"feat: old\" (10000000)\n\n### Other changes\n\n- tidy (d0000000)\n- words only (e0000000)\n";
    assert_eq!(text, expected);
    assert_eq!(notes("1.0.0", None, &[]), "## 1.0.0\n\nNo changes.\n");
}

#[test]
fn ten_thousand_commits_are_judged_at_once() {
    let list: Vec<Commit> = (0..10_000)
        .map(|n| commit(&format!("{n:08x}"), &format!("Revert \"x\"\n\nThis reverts commit {:08x}{:032}.", n + 1, 0)))
        .collect();
    let start = std::time::Instant::now();
    let _ = propose(["v1.0.0"], &list, &[]);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn any_message_and_tag_is_read_without_a_panic(message in "\\PC{0,80}|[a-z(!):\\n* \"-]{0,80}", tag in "\\PC{0,30}|v?[0-9.a-z+-]{0,30}") {
        let proposal = propose([tag.as_str(), "v1.0.0"], &[commit("a", &message)], &[]);
        prop_assert!(proposal.version >= Version::new(1, 0, 0));
        let _ = notes(&tag, Some(&message), &[commit("a", &message)]);
    }

    #[test]
    fn the_version_is_never_below_what_any_commit_asks_for(kinds in proptest::collection::vec(0_usize..4, 1..8)) {
        let words = ["fix: a", "feat: b", "feat!: c", "words"];
        let messages: Vec<&str> = kinds.iter().map(|kind| words[*kind]).collect();
        let (_, bump) = next(&["v1.0.0"], &messages);
        let most = messages.iter().map(|message| Conventional::of(message).demands()).max().unwrap();
        prop_assert_eq!(bump, most);
    }
}
