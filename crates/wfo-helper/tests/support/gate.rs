//! What tests of gates share: fixtures of reports, a call with the real clock, and short ways to the answer.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{Call, Done, Repo, Sandbox, binary, repository};

/// The folder of the report fixtures.
pub(crate) fn fixtures() -> PathBuf {
    repository().join("crates/wfo-gate/tests/fixtures")
}

/// The bytes of one report.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The tool whose report a fixture is; one lies in another's folder.
pub(crate) fn tool_of(name: &str) -> &str {
    if name == "junit/jest.json" { "jest" } else { name.split_once('/').expect("a folder").0 }
}

/// Runs `gate ...` with the system's clock.
pub(crate) fn gate(sandbox: &Sandbox, arguments: &[&str]) -> Done {
    Call::new(binary()).arg_words("gate", arguments).unset("WFO_NOW").env("USER", "ada").run(sandbox)
}

/// Judges a gate by one report.
pub(crate) fn judge(sandbox: &Sandbox, name: &str, tool: &str, file: &Path) -> Done {
    gate(sandbox, &["judge", name, "--report", &format!("{tool}={}", file.display())])
}

/// Writes a report beside the project, dated now.
pub(crate) fn report(sandbox: &Sandbox, name: &str, bytes: &[u8]) -> PathBuf {
    let path = sandbox.at("reports").join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    wfo_base::atomic::write(&path, bytes).expect("a report");
    path
}

/// Dates a file so many seconds ago; a negative number is ahead.
pub(crate) fn date(path: &Path, ago: i64) {
    let span = Duration::from_secs(ago.unsigned_abs());
    let time = if ago < 0 { SystemTime::now() + span } else { SystemTime::now() - span };
    let file = std::fs::File::options().append(true).open(path).expect("a file");
    file.set_modified(time).expect("a time");
}

/// One check of an answer.
pub(crate) fn check<'a>(data: &'a Value, name: &str) -> &'a Value {
    let checks = data["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check {name}: {data:#}"))
}

/// Today in UTC, and so many days later.
pub(crate) fn day(later: i64) -> String {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    today.checked_add(jiff::Span::new().days(later)).expect("a day").to_string()
}

/// Lets `--yes` count without a person.
pub(crate) fn unattended(repo: &Repo) {
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
}

impl Call {
    /// Adds a noun, its words, and the wish for JSON.
    pub(crate) fn arg_words(self, noun: &str, words: &[&str]) -> Self {
        let json = if words.contains(&"--format") { vec![] } else { vec!["--json"] };
        self.args([noun]).args(words).args(json)
    }
}
