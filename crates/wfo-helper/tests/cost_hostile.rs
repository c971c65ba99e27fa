//! Transcripts and files that nobody would write on purpose, and some that somebody would: huge, binary, links, pipes, files
//! that vanish, a clock that is wrong, folders that cannot be written, and names made to be misread.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a test says what it skips")]

#[path = "support/cost.rs"]
mod cost;
#[path = "support/registry.rs"]
mod registry;
mod support;

use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use cost::{Reply, call, cost, import, told, total, transcript};
use registry::stress;
use serde_json::{Value, json};
use support::user::as_ordinary_user;
use support::{Call, Repo, binary, text_of};

const TODAY: &str = "2026-11-21T08:00:00.000Z";

/// Spends a dollar in the main checkout.
fn spent() -> Repo {
    let repo = Repo::new();
    told(&repo, &[Reply::new("good", TODAY, &repo.root(), 100)]);
    repo
}

/// Writes a file as it is.
fn put(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
    wfo_base::atomic::write(path.as_ref(), bytes.as_ref()).unwrap();
}

/// Writes a file over what is there, so that others see it cut off meanwhile; the folder may be gone.
fn cut(path: &Path, bytes: &[u8]) {
    if let Ok(mut file) = std::fs::File::options().write(true).create(true).truncate(true).open(path) {
        let _ = file.write_all(bytes);
    }
}

fn pipe(repo: &Repo, path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert_eq!(Call::new("mkfifo").args([path]).run(repo).status, Some(0));
}

#[test]
fn stress_a_line_of_gigabytes_is_passed_by_and_the_lines_around_it_count() {
    let repo = spent();
    let mebibytes = if stress(1) < 10 { 256 } else { 5 << 10 };
    let path = transcript(&repo, "large");
    let mut file = std::fs::File::options().write(true).create_new(true).open(&path).unwrap();
    let line = |cents| Reply::new("large", TODAY, &repo.root(), cents).line();
    file.write_all(line(10).as_bytes()).unwrap();
    file.write_all(b"{\"type\":\"assistant\",\"message\":{\"content\":\"").unwrap();
    file.seek(SeekFrom::Start(mebibytes << 20)).unwrap();
    file.write_all(b"\"}}\n").unwrap();
    file.write_all(line(20).as_bytes()).unwrap();
    drop(file);
    let done = cost(&repo, &["import"]);
    let data = done.data();
    assert_eq!(
        (&data["new"], &data["skipped_lines"], data["total_usd"].to_string().as_str()),
        (&json!(3), &json!(1), "1.3")
    );
    assert!(done.codes().contains(&"cost.lines-skipped".to_owned()));
    eprintln!("{mebibytes} MiB in {:?}", done.took);
    told(&repo, &[Reply::new("large", TODAY, &repo.root(), 40)]);
    let today = cost(&repo, &["today"]);
    assert_eq!(today.data()["total_usd"].to_string(), "1.7", "only what was appended is read");
    assert!(today.took < Duration::from_secs(5), "{:?}", today.took);
}

#[test]
fn a_line_of_100_mib_is_passed_by_and_one_of_20_mib_counts() {
    let repo = spent();
    let long = |session: &str, size: usize| {
        let line = Reply::new(session, TODAY, &repo.root(), 10).line();
        let mut file = std::fs::File::options().write(true).create_new(true).open(transcript(&repo, session)).unwrap();
        file.write_all(b"{\"filler\":\"").unwrap();
        let block = vec![b'x'; 1 << 20];
        (0..size).for_each(|_| file.write_all(&block).unwrap());
        file.write_all(format!("\",{}", &line[1..]).as_bytes()).unwrap();
    };
    long("twenty", 20);
    long("hundred", 100);
    let data = import(&repo);
    assert_eq!(
        (&data["new"], &data["skipped_lines"], data["total_usd"].to_string().as_str()),
        (&json!(2), &json!(1), "1.1")
    );
}

#[test]
fn dirt_in_transcripts_is_passed_by() {
    let repo = spent();
    let noise: Vec<u8> = (0..200_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    put(transcript(&repo, "noise"), &noise);
    put(transcript(&repo, "empty"), b"");
    put(transcript(&repo, "blank"), b"\n\n\r\n \n");
    put(transcript(&repo, "deep"), format!("{}\n", "[".repeat(200_000)));
    let line = |cents| Reply::new("dirty", TODAY, &repo.root(), cents).line();
    let (first, second, cut) = (line(1), line(2), line(4));
    let text = format!("\u{feff}{first}{}\r\n\u{0}\u{0}\nnull\n[]\n7\n{}", second.trim_end(), &cut[..cut.len() / 2]);
    put(transcript(&repo, "dirty"), text);
    let data = import(&repo);
    assert_eq!(data["total_usd"].to_string(), "1.03", "{data:#}");
    assert_eq!(total(&repo, &["today"]), "1.03");
}

#[test]
fn links_pipes_and_folders_in_the_place_of_transcripts_are_passed_by() {
    let repo = spent();
    let outside = repo.at("outside/s.jsonl");
    std::fs::create_dir(repo.at("outside")).unwrap();
    put(&outside, Reply::new("outside", TODAY, &repo.root(), 500).line());
    symlink(&outside, transcript(&repo, "link")).unwrap();
    symlink(repo.at("outside"), repo.config().join("projects/linked")).unwrap();
    symlink(repo.config().join("projects"), repo.config().join("projects/circle")).unwrap();
    symlink("/dev/zero", transcript(&repo, "zero")).unwrap();
    pipe(&repo, &transcript(&repo, "pipe"));
    std::fs::create_dir(transcript(&repo, "folder")).unwrap();
    assert_eq!(import(&repo)["total_usd"].to_string(), "1");
    assert_eq!(total(&repo, &["today"]), "1");
}

#[test]
fn pipes_and_links_in_the_place_of_our_own_files_do_not_hang_and_are_not_followed() {
    for name in [
        "ledger.jsonl",
        "daily-2026-11-21.json",
        "mtd.json",
        "by-feature.jsonl",
        "budget-config.json",
        "cost-report.md",
    ] {
        for link in [false, true] {
            let repo = spent();
            let path = repo.root().join("costs").join(name);
            let target = repo.write("outside.txt", "mine\n");
            if link {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                symlink(&target, &path).unwrap();
            } else {
                pipe(&repo, &path);
            }
            for words in [&["today"][..], &["import"], &["report"]] {
                let done = cost(&repo, words);
                assert!(
                    matches!(done.status, Some(0 | 20 | 21 | 30)) && done.took < Duration::from_secs(10),
                    "{name} {words:?}: {done:?}"
                );
                done.answer();
            }
            assert_eq!(text_of(&target), "mine\n", "{name}");
            assert_eq!(path.symlink_metadata().unwrap().is_symlink(), link, "{name}: it is still what it was");
        }
    }
}

#[test]
fn transcripts_that_come_go_and_shrink_while_they_are_read_stop_nobody() {
    let repo = spent();
    for number in 0..40 {
        told(&repo, &[Reply::new(&format!("s{number}"), TODAY, &repo.root(), 1)]);
    }
    let stop = std::sync::atomic::AtomicBool::new(false);
    let folder = repo.config().join("projects");
    std::thread::scope(|scope| {
        let churn = scope.spawn(|| {
            let mut number = 0_usize;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let path = folder.join("work").join(format!("s{}.jsonl", number % 40));
                let text = std::fs::read(&path).unwrap_or_default();
                let _ = std::fs::remove_file(&path);
                let _ = std::fs::create_dir(folder.join(format!("f{number}")));
                let _ = std::fs::remove_dir(folder.join(format!("f{number}")));
                cut(&path, &text[..text.len() / 2]);
                cut(&path, &text);
                number += 1;
            }
        });
        for round in 0..8 {
            let done = cost(&repo, if round % 2 == 0 { &["import"] } else { &["today"] });
            assert_eq!(done.status, Some(0), "{done:?}");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        churn.join().unwrap();
    });
    assert_eq!(import(&repo)["total_usd"].to_string(), "1.4");
}

#[test]
fn a_clock_that_goes_wrong_counts_responses_on_their_day_and_says_so() {
    let repo = spent();
    let past = |words: &[&str]| call(words).env("WFO_NOW", "2026-10-05T09:00:00Z").run(&repo);
    past(&["import"]).data();
    assert_eq!(past(&["today"]).data()["total_usd"].to_string(), "0");
    let month = past(&["month", "2026-11"]);
    assert_eq!(month.data()["total_usd"].to_string(), "1");
    assert!(month.codes().contains(&"cost.clock-ahead".to_owned()), "{month:?}");
    for words in
        [&["report"][..], &["budget", "--request", "1"], &["week"], &["feature"], &["report", "--day", "2026-11-21"]]
    {
        past(words).data();
    }
    assert_eq!(cost::page(&repo, "mtd.json")["month"], "2026-10");
    import(&repo);
    assert_eq!(cost::page(&repo, "mtd.json")["total"].to_string(), "1", "and back again");
    assert_eq!(total(&repo, &["today"]), "1");
}

#[test]
fn what_an_ordinary_user_may_not_read_is_named_and_the_rest_counts() {
    let repo = spent();
    told(&repo, &[Reply::new("shut\u{1b}[31m", TODAY, &repo.root(), 10)]);
    std::fs::set_permissions(transcript(&repo, "shut\u{1b}[31m"), std::fs::Permissions::from_mode(0o0)).unwrap();
    let Some(done) = as_ordinary_user(&repo, &["cost", "import", "--json"]) else { return };
    assert_eq!(done.data()["total_usd"].to_string(), "1");
    assert!(done.codes().contains(&"cost.transcript-unreadable".to_owned()), "{done:?}");
    let Some(text) = as_ordinary_user(&repo, &["cost", "import", "--format", "text"]) else { return };
    assert!(text.stderr.contains("shut") && !text.stderr.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_folder_of_settings_that_cannot_be_written_costs_the_memory_and_not_the_figures() {
    let repo = spent();
    std::fs::set_permissions(repo.config(), std::fs::Permissions::from_mode(0o555)).unwrap();
    for words in [&["today"][..], &["month"], &["budget"], &["feature"]] {
        let words = [&["cost"], words, &["--json"]].concat();
        let Some(done) = as_ordinary_user(&repo, &words) else { break };
        let data = done.data();
        assert!(
            data["complete"] == true && done.codes().contains(&"file.not-written".to_owned()),
            "{words:?}: {done:?}"
        );
    }
    if let Some(done) = as_ordinary_user(&repo, &["cost", "import", "--json"]) {
        assert_eq!(done.failure().1, "file.not-written");
    }
    std::fs::set_permissions(repo.config(), std::fs::Permissions::from_mode(0o755)).unwrap();
    // The same for whoever no permission stops: a file lies where the folder should be.
    repo.put_config("wfo", "no folder\n");
    assert_eq!(total(&repo, &["today"]), "1");
    assert_eq!(cost(&repo, &["import"]).failure().1, "file.not-written");
    assert_eq!(text_of(&repo.config().join("wfo")), "no folder\n");
}

/// Texts that could be misread: a colour, a title, a bell, text turned around, markup, a way up, lines, and one without end.
fn names() -> Vec<String> {
    let long = "n".repeat(4_096);
    let plain = [
        "\u{1b}[31mred\u{1b}[0m",
        "\u{1b}]0;title\u{7}",
        "\u{202e}gpj.exe",
        "<script>alert(1)</script>",
        "../../../etc/passwd",
        "a\nb\r\n# c",
        "`x` | y | [z](javascript:alert(1))",
        "{{7*7}}",
        "\u{0}nul",
        "-->",
    ];
    plain.map(str::to_owned).into_iter().chain([long]).collect()
}

fn is_bad(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Says where a text that is shown holds what moves the cursor, hides or turns text around.
fn bad_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(is_bad).then(|| text.clone()),
        Value::Array(list) => list.iter().find_map(bad_text),
        Value::Object(map) => {
            map.iter().find_map(|(key, value)| key.contains(is_bad).then(|| key.clone()).or_else(|| bad_text(value)))
        }
        _ => None,
    }
}

#[test]
fn names_made_to_be_misread_are_shown_harmlessly_everywhere() {
    let repo = spent();
    for (number, name) in names().into_iter().enumerate() {
        let session = format!("session{number}");
        let reply = || Reply::new(&session, TODAY, &repo.root(), 10);
        let inside = repo.root().join(&name);
        told(
            &repo,
            &[
                reply().on(&name),
                reply().on(&format!("feature/{name}")).with(&name),
                reply().by(&name),
                Reply::new(&session, TODAY, &inside, 10),
                Reply::new(&session, TODAY, Path::new(&name), 10),
                Reply::new(&session, &name, &repo.root(), 10),
            ],
        );
    }
    let strange = Reply::new("x", TODAY, &repo.root(), 10).line();
    put(transcript(&repo, "\u{1b}[31msession\n\u{202e}"), strange);
    let markup = "<script>alert(1)</script>";
    cost(
        &repo,
        &[
            "add",
            "--kind",
            "api",
            "--usd",
            "1",
            "--model",
            markup,
            "--feature",
            "\u{1b}[31mf",
            "--id",
            "\u{1b}]0;i\u{7}",
        ],
    )
    .data();
    let calls: [&[&str]; 9] = [
        &["import"],
        &["today"],
        &["today", "--all"],
        &["month", "--all"],
        &["feature"],
        &["feature", markup],
        &["budget"],
        &["report", "--html", "--all"],
        &["report", "--html", "--day", "2026-11-21"],
    ];
    for words in calls {
        let done = cost(&repo, words);
        let answer = done.answer();
        assert!(done.status == Some(0) || words == ["feature", markup], "{words:?}: {done:?}");
        assert_eq!(bad_text(&answer), None, "{words:?}");
        for format in ["text", "markdown"] {
            let shown = Call::new(binary()).args(["cost"]).args(words).args(["--format", format]).run(&repo);
            for text in [&shown.stdout, &shown.stderr] {
                assert!(!text.contains(is_bad), "{words:?} as {format}: {text:?}");
                assert!(text.lines().all(|line| line.len() < 4_000), "{words:?} as {format}: a line without end");
            }
        }
    }
    for name in ["roi", "feature", "day", "month"] {
        let done = cost(&repo, &[name, "\u{1b}[31m\u{202e}red"]);
        assert_eq!((bad_text(&done.answer()), done.status == Some(0)), (None, false), "{name}");
    }
    for name in [
        "cost-report.md",
        "reports/dashboard.html",
        "reports/daily-2026-11-21.md",
        "ledger.jsonl",
        "daily-2026-11-21.json",
    ] {
        let text = cost::kept(&repo, name);
        let page = !name.contains("json");
        let line = text.lines().find(|line| line.contains(|c: char| c.is_control() || (page && is_bad(c))));
        assert_eq!(line, None, "{name}");
        // In a page of Markdown a name is inert inside a code span, in HTML nowhere.
        let outside = |line: &&str| match name.ends_with(".md") {
            true => line.split('`').step_by(2).any(|part| part.contains("<script")),
            false => page && line.contains("<script"),
        };
        assert_eq!(text.lines().find(outside), None, "{name}");
    }
}
