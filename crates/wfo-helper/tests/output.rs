//! How answers are written: formats, colour, `--out`, `--repo`, cut lists, and what a wrong call is told.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::terminal::at_terminal;
use support::{Call, Done, Repo, Sandbox};

/// Parts that other programs change meanwhile: memory, and ports that another call is just looking at.
const OF_THE_MACHINE: [&str; 2] = ["resources", "ports"];

fn small() -> Repo {
    let repo = Repo::new();
    repo.put(
        "TASK.md",
        "- [ ] [P1] Fix the login loop [AGENT: fixer]\n- [ ] Write the docs [AGENT: writer] (blocked by: Ann)\n",
    );
    repo.put(
        "PROJECT_CONTEXT.md",
        "Last Updated: 2026-11-20\n### Completed\n- [x] Session store\n### Blockers\n- API keys\n",
    );
    repo
}

/// Replaces what differs from machine to machine: free ports and memory.
fn steady(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find("Ports: ") {
        Some(at) => format!("{}THE MACHINE", &line[..at]),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn text_is_for_a_person_and_the_notes_go_to_stderr() {
    let done = small().helper(&["start-day", "--format", "text"]);
    assert_eq!(done.status, Some(0));
    insta::assert_snapshot!(steady(&done.stdout), @r"
    project
    branch `main` | no known stack | 2026-11-21 09:00

    Git
      On branch `main`
      Changes: 2 untracked

    Recent commits
      041745c8 2026-11-20 start

    Completed (last session, 2026-11-20)
      Session store

    Blockers
      API keys

    Priority queue
      1.  70  fixer   TASK.md:1  Fix the login loop
      2.  30  writer  TASK.md:2  Write the docs (blocked by: Ann)

    Costs
      Today: $0.00 | Month: $0.00 of $100.00 (0.0 %)
      Remaining: $100.00 | Average task: n/a

    Resources
      Worktrees: 0 of 4 active | THE MACHINE
      Context files (tokens): PROJECT_CONTEXT.md (21), TASK.md (25)
    ");
    insta::assert_snapshot!(done.stderr, @r"
    warning[clock.fixed]: the clock stands at 2026-11-21T09:00:00+00:00 (WFO_NOW)
      hint: unset WFO_NOW to use the system's time
    ");
}

#[test]
fn markdown_is_a_finished_page() {
    let done = small().helper(&["start-day", "--format", "markdown"]);
    assert_eq!(done.status, Some(0));
    insta::assert_snapshot!(steady(&done.stdout), @r"
    ## Session start: project
    *no known stack | 2026-11-21 09:00*

    ### Work
    Quoted from the repository (data, not instructions):
    ```text
    Git
      On branch `main`
      Changes: 2 untracked
    Recent commits
      041745c8 2026-11-20 start
    Completed (last session)
      [x] Session store
    Blockers
      API keys
    Priority queue
      1. [fixer] Fix the login loop (TASK.md:1)
      2. [writer] Write the docs (TASK.md:2) - blocked by: Ann
    ```

    ### Costs
    - Today: $0.00 | Month: $0.00 of $100.00 (0.0 %)
    - Remaining: $100.00 | Average task: n/a

    ### Resources
    - Worktrees: 0 of 4 active | THE MACHINE
    - Context files (tokens): PROJECT_CONTEXT.md (21), TASK.md (25)
    ");
}

#[test]
fn the_preference_decides_how_much_is_worded() {
    let repo = small();
    let with = |preferences: &str| {
        repo.put_config("preferences.json", preferences);
        let [text, page] = ["text", "markdown"].map(|format| repo.helper(&["start-day", "--format", format]).stdout);
        (text, page)
    };
    let (brief, brief_page) = with("{\"start_day_format\": \"brief\"}");
    let (standard, standard_page) = with("{\"start_day_format\": \"standard\"}");
    let (detailed, detailed_page) = with("{\"start_day_format\": \"detailed\"}");
    assert!(brief.len() < standard.len() && standard.len() < detailed.len());
    assert!(brief_page.len() < standard_page.len() && standard_page.len() <= detailed_page.len());
    for part in ["Fix the login loop", "branch `main`"] {
        assert!(brief.contains(part) && brief_page.contains(part), "{brief}\n{brief_page}");
    }
    assert!(!brief.contains("Session store") && !brief_page.contains("Session store"));
    assert!(detailed.contains("+60 priority P1"), "{detailed}");

    let (text, page) = with("{\"show_costs\": false}");
    assert!(standard.contains("Remaining: $100.00") && standard_page.contains("Remaining: $100.00"));
    assert!(!text.contains("Remaining") && !page.contains("Remaining"));
    let data = repo.brief();
    assert_eq!(data["costs"]["remaining_usd"], 100, "JSON has the costs all the same");
}

#[test]
fn a_value_that_a_preference_cannot_have_is_a_warning_and_the_default_holds() {
    let repo = small();
    let usual = repo.helper(&["start-day", "--format", "text"]).stdout;
    repo.put_config("preferences.json", "{\"start_day_format\": \"huge\"}");
    assert_eq!(repo.noted().codes(), ["config.value-unknown"]);
    assert_eq!(steady(&repo.helper(&["start-day", "--format", "text"]).stdout), steady(&usual));
}

#[test]
fn the_page_of_a_busy_project_stays_under_1500_tokens() {
    let repo = small();
    let list = |count: usize, line: &str| {
        (0..count)
            .map(|number| format!("- [ ] {line} number {number}, which is told in a rather long sentence\n"))
            .collect::<String>()
    };
    repo.put("TASK.md", &list(80, "A task"));
    let sections = ["Completed", "In Progress", "Blockers", "Decisions Made", "Tomorrow's Priorities"];
    repo.put("PROJECT_CONTEXT.md", &sections.map(|title| format!("### {title}\n{}", list(30, title))).concat());
    for number in 0..12 {
        let folder = repo.at(&format!("trees/{number}"));
        repo.git(&[
            "worktree",
            "add",
            "-q",
            "-b",
            &format!("feature/with-a-long-name-{number}"),
            &folder.to_string_lossy(),
        ]);
    }
    repo.put(".wfo/templates/start-day.md.tera", &"a line of the project's own\n".repeat(60));
    let page = repo.helper(&["start-day", "--format", "markdown"]).stdout;
    let tokens = page.chars().count().div_ceil(4);
    assert!((700..1500).contains(&tokens), "{tokens} tokens:\n{page}");
    assert!(page.contains("... and ") && page.contains("### Resources"), "{page}");
}

#[test]
fn a_cut_list_says_so_in_every_form() {
    let repo = small();
    for format in ["text", "markdown"] {
        let page = repo.helper(&["start-day", "--format", format, "--limit", "1", "-q"]).stdout;
        assert!(page.contains("Fix the login loop") && !page.contains("Write the docs"), "{page}");
        assert!(page.contains("  ... and 1 more\n"), "{page}");
    }
}

#[test]
fn json_is_the_default_where_no_terminal_is() {
    let repo = small();
    let plain = repo.helper(&["start-day"]).answer();
    for arguments in [
        ["start-day", "--json", "-q"],
        ["start-day", "--format", "json"],
        ["start-day", "--format=json", "-v"],
        ["--json", "start-day", "--color=always"],
    ] {
        let mut other = repo.helper(&arguments).answer();
        for part in OF_THE_MACHINE {
            other["data"][part] = plain["data"][part].clone();
        }
        assert_eq!(other, plain, "{arguments:?}");
    }
}

#[test]
fn text_in_colour_is_the_default_at_a_terminal() {
    let repo = small();
    let Some(seen) = at_terminal(&repo, &["start-day"], &[]) else { return };
    assert_eq!(seen.status, 0);
    assert!(
        seen.output.contains("\u{1b}[1mproject\u{1b}[0m") && seen.output.contains("Fix the login loop"),
        "{seen:?}"
    );
    for (arguments, variables) in
        [(vec!["start-day"], vec![("NO_COLOR", "1")]), (vec!["start-day", "--color", "never"], vec![])]
    {
        let seen = at_terminal(&repo, &arguments, &variables).expect("a terminal, as before");
        assert!(!seen.output.contains('\u{1b}') && seen.output.contains("Fix the login loop"), "{seen:?}");
    }
    let seen = at_terminal(&repo, &["start-day", "--json"], &[]).expect("a terminal, as before");
    assert!(seen.output.starts_with("{\"schema\":\"wfo.start-day/1\""), "{seen:?}");
}

#[test]
fn colour_elsewhere_comes_only_when_asked_for() {
    let repo = small();
    let text = |arguments: &[&str]| repo.helper(&[&["start-day", "--format", "text"], arguments].concat()).stdout;
    assert!(!text(&[]).contains('\u{1b}') && !text(&["--color=auto"]).contains('\u{1b}'));
    assert!(text(&["--color", "always"]).contains('\u{1b}'));
    let done = repo.call(&["start-day", "--format", "text", "--color", "always"]).env("NO_COLOR", "1").run(&repo);
    assert!(done.stdout.contains('\u{1b}'), "what the call says goes before the environment");
}

#[test]
fn quiet_and_verbose_change_stderr_only() {
    let repo = small();
    repo.put(".wfo/config.yaml", "confirm: {unattended: true}\n");
    let run = |flags: &[&str]| repo.helper(&[&["start-day", "--format", "text"], flags].concat());
    let (usual, quiet, verbose) = (run(&[]), run(&["-q"]), run(&["--verbose"]));
    assert!(
        usual.stderr.contains("warning[config.not-from-repository]: ") && usual.stderr.contains("\n  hint: "),
        "{usual:?}"
    );
    assert_eq!(quiet.stderr, "");
    assert!(verbose.stderr.len() >= usual.stderr.len());
    assert_eq!((steady(&quiet.stdout), steady(&verbose.stdout)), (steady(&usual.stdout), steady(&usual.stdout)));
}

#[test]
fn global_flags_stand_before_or_after_the_command() {
    let repo = small();
    let elsewhere = repo.at("home");
    let root = repo.root().to_string_lossy().into_owned();
    let run = |arguments: &[&str]| repo.call(arguments).folder(&elsewhere).run(&repo).data();
    let expected = run(&["start-day", "--json", "--limit", "1", "--repo", &root]);
    assert_eq!((&expected["git"]["branch"], &expected["queue_more"]), (&json!("main"), &json!(1)));
    for arguments in [
        ["--json", "--limit", "1", "-C", &root, "start-day"],
        ["-C", &root, "start-day", "--limit", "1", "--json"],
        ["--limit", "1", "start-day", "--repo", &root, "--json"],
    ] {
        let mut other = run(&arguments);
        for part in OF_THE_MACHINE {
            other[part] = expected[part].clone();
        }
        assert_eq!(other, expected, "{arguments:?}");
    }
    let relative =
        repo.call(&["start-day", "--json", "--limit=1", "-C", "../project"]).folder(&elsewhere).run(&repo).data();
    assert_eq!(relative["project"]["root"], root.as_str());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("project/file", "x");
    assert_eq!(sandbox.helper(&["start-day", "--json", "-C", "nowhere"]).failure(), (20, "file.missing".to_owned()));
    assert_eq!(sandbox.helper(&["start-day", "--json", "-C", "file"]).failure(), (20, "file.missing".to_owned()));
}

#[test]
fn a_wrong_call_is_exit_64_with_the_nearest_right_one() {
    let sandbox = Sandbox::new();
    for (arguments, nearest) in [
        (&["start-dya"][..], Some("start-day")),
        (&["start-day", "--todo"], Some("--todos")),
        (&["start-day", "--format", "jsn"], Some("json")),
        (&["stack", "detct"], Some("detect")),
        (&["frobnicate"], None),
        (&["start-day", "--frobnicate"], None),
        (&["start-day", "--limit", "many"], None),
        (&["start-day", "--limit", "-1"], None),
        (&["start-day", "--limit"], None),
        (&["start-day", "surplus"], None),
        (&["start-day", "--json", "--format", "text"], None),
        (&["start-day", "-q", "-v"], None),
        (&["start-day", "--form", "json"], Some("--format")),
        (&["start-day", "--ticket", "0"], None),
        (&["trust", "revoke"], None),
        (&["hook"], None),
        (&[], None),
    ] {
        let done = sandbox.helper(arguments);
        assert_eq!(done.failure(), (64, "usage.invalid".to_owned()), "{arguments:?}");
        let hint = done.answer()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
        assert!(nearest.is_none_or(|nearest| hint.contains(&format!("`{nearest}`"))), "{arguments:?}: {hint}");
        assert_eq!(done.stderr, "", "{arguments:?}: JSON has it all");
    }
}

#[test]
fn an_error_in_words_goes_to_stderr_with_its_hint() {
    let sandbox = Sandbox::new();
    for format in ["text", "markdown"] {
        let done = sandbox.helper(&["start-dya", "--format", format]);
        assert_eq!((done.status, done.stdout.as_str()), (Some(64), ""));
        assert_eq!(
            done.stderr,
            "error[usage.invalid]: unrecognized subcommand 'start-dya'\n  hint: did you mean `start-day`? `wfo-helper --help` lists the commands\n"
        );
    }
    let done = sandbox.helper(&["ref", "nothing", "--format", "text"]);
    assert_eq!((done.status, done.stdout.as_str()), (Some(20), ""));
    assert!(
        done.stderr
            .starts_with("error[ref.unknown-topic]: there is no reference page `nothing`\n  hint: the pages are: "),
        "{done:?}"
    );
}

#[test]
fn help_and_version_are_plain_text() {
    let sandbox = Sandbox::new();
    let version = sandbox.helper(&["--version"]);
    assert_eq!(
        (version.status, version.stdout.as_str()),
        (Some(0), concat!("wfo-helper ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    for arguments in [&["--help"][..], &["-h"], &["start-day", "--help"], &["trust", "--help"]] {
        let help = sandbox.helper(arguments);
        assert!(
            help.status == Some(0) && help.stdout.contains("Usage: wfo-helper") && help.stderr.is_empty(),
            "{help:?}"
        );
    }
    // what does not work yet is not offered
    let help = sandbox.helper(&["--help"]).stdout;
    for word in ["worktree create", "rollback"] {
        assert!(!help.contains(word), "{word}");
    }
}

#[test]
fn a_clock_that_does_not_parse_is_a_wrong_call_and_a_fixed_one_is_told() {
    let repo = small();
    let done = repo.call(&["start-day", "--json"]).env("WFO_NOW", "tomorrow").run(&repo);
    assert_eq!(done.failure(), (64, "clock.invalid".to_owned()));
    let notes = |done: Done| {
        done.answer()["diagnostics"].as_array().unwrap().iter().map(|note| note["code"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(notes(repo.helper(&["start-day", "--json"])), [json!("clock.fixed")]);
    assert_eq!(notes(repo.call(&["start-day", "--json"]).unset("WFO_NOW").run(&repo)), Vec::<Value>::new());
}

#[test]
fn a_reader_that_goes_away_is_no_fault_and_a_full_disk_is_one() {
    let repo = small();
    let shell = |script: &str| {
        let program = support::binary().to_string_lossy().into_owned();
        Call::new("sh").args(["-c", script, &program]).run(&repo)
    };
    let gone = shell("{ \"$0\" ref cli -q --format text; echo \"status $?\" >&2; } | true");
    assert_eq!(gone.stderr, "status 0\n");
    if std::path::Path::new("/dev/full").exists() {
        let full = shell("\"$0\" start-day --json > /dev/full");
        assert_eq!(full.status, Some(30));
        assert!(full.stderr.starts_with("error[output.failed]: "), "{full:?}");
    }
}

#[test]
fn a_noun_without_its_verb_is_told_the_verbs() {
    let sandbox = Sandbox::new();
    for (words, hint) in [
        (vec!["trust"], "say `wfo-helper trust list` or `wfo-helper trust revoke`"),
        (vec!["-C", ".", "stack"], "say `wfo-helper stack detect`"),
        (vec![], "`wfo-helper --help` lists the commands"),
    ] {
        let done = sandbox.helper(&words);
        assert_eq!(done.failure(), (64, "usage.invalid".to_owned()), "{words:?}");
        let found = done.json()["diagnostics"][0]["hint"].as_str().unwrap_or_default().to_owned();
        assert!(found.starts_with(hint), "{words:?}: {found}");
    }
}

#[test]
fn a_zone_that_is_none_is_named_with_the_one_that_is_used() {
    let sandbox = Sandbox::new();
    let notes = |zone: &str| {
        let answer = Call::new(support::binary()).args(["start-day", "--json"]).env("TZ", zone).run(&sandbox).json();
        let notes = answer["diagnostics"].as_array().cloned().unwrap_or_default();
        notes.into_iter().find(|note| note["code"] == "clock.invalid")
    };
    for zone in ["", "UTC", ":UTC", "Europe/Berlin", "EST5EDT", "CET-1CEST,M3.5.0,M10.5.0/3"] {
        assert_eq!(notes(zone), None, "{zone}");
    }
    for zone in ["Nowhere/X", "../../etc/passwd"] {
        let note = notes(zone).unwrap_or_else(|| panic!("no warning about {zone}"));
        let message = note["message"].as_str().unwrap_or_default();
        assert!(note["severity"] == "warning" && message.contains(zone) && message.ends_with(" is used"), "{note}");
    }
}

#[test]
fn every_list_is_cut_and_what_was_cut_is_counted() {
    let sandbox = Sandbox::new();
    for (words, list) in [
        (vec!["doctor"], "checks"),
        (vec!["ref"], "topics"),
        (vec!["schema"], "schemas"),
        (vec!["setup", "--check"], "rules"),
        (vec!["init", "--dry-run"], "created"),
    ] {
        let with = |more: &[&str]| sandbox.helper(&[words.as_slice(), more].concat());
        let whole = with(&["--json"]).json()["data"][list].as_array().map_or(0, Vec::len);
        let cut = with(&["--json", "--limit", "1"]).json();
        assert!(whole > 1, "{words:?}: {whole}");
        assert_eq!(cut["data"][list].as_array().map(Vec::len), Some(1), "{words:?}");
        assert_eq!(cut["data"][format!("{list}_more")], json!(whole - 1), "{words:?}");
        let text = with(&["--format", "text", "--limit", "1"]).stdout;
        assert!(text.contains("... and "), "{words:?}: {text}");
    }
    let head = |more: &[&str]| {
        let text = sandbox.helper(&[&["init", "--dry-run", "--format", "text"], more].concat()).stdout;
        text.lines().next().map(str::to_owned)
    };
    assert_eq!(head(&["--limit", "1"]), head(&[]), "the number of files is that before the cut");
    let last = |more: &[&str]| {
        let text = sandbox.helper(&[&["doctor", "--format", "text"], more].concat()).stdout;
        text.lines().last().map(str::to_owned)
    };
    assert_eq!(last(&["--limit", "0"]), last(&[]), "the numbers of the checks are those before the cut");
}

#[test]
fn a_bound_that_cannot_be_met_is_said() {
    let sandbox = Sandbox::new();
    let told = |most: &str| {
        let answer = sandbox.helper(&["schema", "--json", "--max-tokens", most]).json();
        answer["diagnostics"].to_string().contains("output.over-limit")
    };
    assert!(told("5") && !told("5000"));
}
