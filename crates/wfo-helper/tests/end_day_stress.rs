//! An end of day that is killed at any moment of any step: the hand-over is the old or the new one, whole, no word of a person is lost,
//! and the next run completes. `WFO_STRESS=10` makes it the 200 kills of the promise; without it a tenth.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says what it did")]

#[path = "support/cost.rs"]
mod cost;
#[path = "support/registry.rs"]
mod registry;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use registry::{Dice, litter, stress};
use serde_json::Value;
use support::{Call, Repo, binary, text_of, tree::picture};

const MINE: &str = "\u{feff}# My page\r\n\r\n<!-- mine -->\r\n## Thoughts\r\n\tkeep  this \r\n\r\n### Blockers\r\n* the vendor\r\n  is silent\r\n";
const RULES: &str = "# Rules\n\nPrices are cents.\n";

/// A repository in which every step has something to do.
fn busy() -> Repo {
    let repo = Repo::new();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo.put("PROJECT_CONTEXT.md", MINE);
    repo.put("CLAUDE.md", RULES);
    repo.put("TASK.md", "## In progress\n- [ ] Search\n## Tasks\n- [x] Old thing\n");
    repo.commit("feat: search");
    let tree = repo.at("home/tmp/worktrees/project/side");
    std::fs::create_dir_all(tree.parent().unwrap()).unwrap();
    repo.git(&["worktree", "add", "-q", "-b", "side", &tree.to_string_lossy()]);
    wfo_base::atomic::write(&tree.join("b.txt"), b"x\n").unwrap();
    repo.commit_in(&tree, "side work");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    for number in 0..40 {
        cost::told(&repo, &[cost::Reply::new(&format!("s{}", number % 4), "2026-11-21T08:00:00Z", &repo.root(), 3)]);
    }
    repo
}

/// Proves that the page is whole and holds every line of the person's.
fn is_whole(page: &str) {
    assert!(page.starts_with("\u{feff}# My page\r\n"), "{page:?}");
    for line in MINE.trim_start_matches('\u{feff}').split("\r\n") {
        assert!(page.contains(line), "{line:?} is gone: {page}");
    }
    assert!(page.ends_with("\r\n") && page.matches("# My page").count() == 1, "{page:?}");
}

/// Everything that a person or an earlier call wrote must parse, whatever the moment was.
fn holds_together(repo: &Repo) {
    is_whole(&text_of(&repo.root().join("PROJECT_CONTEXT.md")));
    assert!(text_of(&repo.root().join("CLAUDE.md")).starts_with(RULES));
    for (folder, name) in [(repo.root(), ".claude/context.json"), (repo.root(), "costs/mtd.json")] {
        let path = folder.join(name);
        if path.exists() {
            serde_json::from_str::<Value>(&text_of(&path)).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    for backup in backups(repo) {
        let list: Value = serde_json::from_str(&text_of(&backup.join("backup.json"))).expect("a backup is there whole");
        for file in list["files"].as_array().unwrap() {
            let saved = backup.join("files").join(file["path"].as_str().unwrap());
            assert_eq!(saved.metadata().unwrap().len(), file["bytes"].as_u64().unwrap());
        }
    }
}

fn backups(repo: &Repo) -> Vec<PathBuf> {
    let folder = repo.config().join("context-backups/project");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')).map(|entry| entry.path()).collect()
}

/// What killed calls may leave lying: beside pages, backups, costs and wfo's own files.
fn left(repo: &Repo) -> Vec<PathBuf> {
    let is_left = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(".wfo-") || name.starts_with(".half-")
    };
    let all = [repo.root(), repo.config()].into_iter().flat_map(|folder| picture(&folder).into_keys());
    let mut found: BTreeSet<PathBuf> = all.filter(|path| is_left(path)).collect();
    found.extend(litter(repo));
    found.into_iter().collect()
}

/// As if an hour had passed: nobody can be writing it any more.
fn grow_old(path: &Path) {
    let long_ago = SystemTime::now() - Duration::from_secs(7_200);
    let file = std::fs::File::open(path).unwrap();
    file.set_modified(long_ago).unwrap();
}

#[test]
fn stress_whenever_it_is_killed_the_page_is_whole_no_word_is_lost_and_the_next_run_completes() {
    let mut dice = Dice::new();
    let count = stress(20);
    let repo = busy();
    // Each run has something new for every step.
    let flags = |number: usize| -> Vec<String> {
        let of = |flag: &str, word: &str| [flag.to_owned(), format!("{word} number {number}")];
        [of("--blocker", "blocker"), of("--decision", "decision"), of("--pattern", "pattern")].concat()
    };
    let day = |number: usize| format!("2026-11-{:02}T09:00:00Z", 21 + number % 9);
    let whole = |number: usize| {
        let call = Call::new(binary()).args(["end-day", "--json"]).args(flags(number)).env("WFO_NOW", day(number));
        call.run(&repo)
    };
    let longest = (0..3).map(|number| whole(1_000 + number).took).max().unwrap().mul_f64(1.15);
    // A machine that gets slower or faster meanwhile must not make all kills come too early or too late.
    let mut scale = 1.0_f64;
    let (mut old, mut new, mut at) = (0, 0, BTreeMap::<usize, usize>::new());
    for number in 0..count {
        cost::told(&repo, &[cost::Reply::new("s9", "2026-11-21T08:30:00Z", &repo.root(), 3)]);
        let before = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
        let part = f64::from(u32::try_from(dice.below(1_000)).unwrap()) / 1_000.0;
        let script = "\"$HELPER\" \"$@\" >/dev/null 2>&1 & p=$!; sleep $AFTER; kill -9 $p 2>/dev/null; wait $p; exit 0";
        let words = ["-c", script, "sh", "end-day", "--json"].map(str::to_owned);
        let call = Call::new("sh").args(words).args(flags(number)).env("WFO_NOW", day(number));
        let call = call.env("AFTER", format!("{:.4}", longest.mul_f64(part * scale).as_secs_f64()));
        call.env("HELPER", binary().to_string_lossy()).run(&repo);
        holds_together(&repo);
        let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
        // The old one or the new one: nothing of this run, or all that was said.
        let said = [format!("blocker number {number}\r"), format!("decision number {number}\r")]
            .map(|line| page.contains(&line));
        assert_eq!(said[0], said[1], "half of what was said: {page}");
        assert_eq!(said[0], page != before, "{page}");
        if said[0] {
            new += 1;
            scale = (scale * 0.93).max(0.3);
        } else {
            old += 1;
            scale = (scale * 1.07).min(6.0);
        }
        *at.entry(backups(&repo).len()).or_default() += 1;
    }
    eprintln!(
        "{count} kills within {longest:?}: {old} left the old page, {new} the new one; {} states of backups",
        at.len()
    );
    assert!(old > 0 && new > 0, "all kills came too early or too late: this proves nothing");
    let lying = left(&repo);
    eprintln!("killed calls left {} files", lying.len());
    // Other files of wfo's own go when nobody can be writing them any more; those beside pages and backups at once.
    let at_once = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(".wfo-") || name.starts_with(".half-")
    };
    lying.iter().filter(|path| !at_once(path)).for_each(|path| grow_old(path));
    // The next run completes, and the one after it has nothing to add.
    let last = whole(5_000);
    let answer = last.answer();
    assert_eq!((last.status, &answer["data"]["verdict"]), (Some(0), &Value::from("pass")), "{answer:#}");
    holds_together(&repo);
    let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    assert_eq!(page.matches("blocker number 5000\r\n").count(), 1, "{page}");
    assert_eq!(text_of(&repo.root().join("CLAUDE.md")).matches("- pattern number 5000 (").count(), 1);
    let learned = text_of(&repo.config().join("learnings.jsonl"));
    let rows: Vec<Value> = learned.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect();
    let texts: BTreeSet<&str> = rows.iter().map(|row| row["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), rows.len(), "a learning stands twice");
    assert_eq!(left(&repo), Vec::<PathBuf>::new(), "what killed calls left goes with the next run");
    assert_eq!(answer["data"]["steps"][3]["verdict"], "proposed", "the merged worktree is asked about: {answer:#}");
    let again = whole(5_000).data();
    let verdicts: Vec<&Value> = again["steps"].as_array().unwrap().iter().map(|step| &step["verdict"]).collect();
    assert_eq!(
        (verdicts[1], verdicts[4], verdicts[5]),
        (&"nothing".into(), &"nothing".into(), &"nothing".into()),
        "{again:#}"
    );
    // Every response of the transcripts was counted once, however often counting was cut short.
    let total = cost::total(&repo, &["month"]);
    assert_eq!(total, cost_of(40 + count), "each response is counted once");
}

/// What so many responses of 3 cents cost, as answers write it.
fn cost_of(responses: usize) -> String {
    let cents = responses * 3;
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
