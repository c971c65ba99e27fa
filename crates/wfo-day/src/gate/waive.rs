//! Accepts one finding for a time: a row of `.wfo/waivers.yaml`, and a sealed note that a person here said yes to it.

use wfo_base::trust::{self, Subject};
use wfo_base::{Problem, atomic, codes, read};
use wfo_gate::waivers::{Waiver, Waivers};

use super::{Gates, LIMIT, WAIVERS, store};

/// A waiver that could be written.
#[derive(Debug)]
pub struct Waiving {
    /// The row.
    pub waiver: Waiver,
    /// Whether the file holds it already, so that only the yes is missing.
    pub there: bool,
    text: Option<String>,
}

impl Gates<'_> {
    /// Looks what a waiver would change.
    ///
    /// # Errors
    /// `gate.waiver-invalid` for a waiver that would waive nothing, and when the file cannot be read.
    pub fn waiving(&self, finding: &str, reason: &str, by: &str, until: &str) -> Result<Waiving, Problem> {
        let waiver = Waiver::new(finding, reason, by, until, self.now.date()).map_err(|message| {
            Problem::new(codes::GATE_WAIVER_INVALID, message)
                .hint("name a finding's fingerprint or an advisory's id, a reason, and a day at most 90 days ahead")
        })?;
        if self.place.repository().is_none() {
            return Err(Problem::new(codes::GIT_NONE, "there is no repository whose finding could be waived")
                .hint("work inside a repository, or run `git init`"));
        }
        let page = read::page(self.place.shared_root(), WAIVERS, LIMIT)?;
        if page.as_ref().is_some_and(|page| page.lossy) {
            return Err(Problem::new(codes::FILE_NOT_UTF8, format!("`{WAIVERS}` is not UTF-8, so no row is added"))
                .hint("correct it in an editor"));
        }
        let text = page.map(|page| page.text);
        let present = Waivers::parse(text.as_deref().unwrap_or_default(), self.now.date(), |_| true);
        let there = present.in_force.iter().any(|one| one.canonical() == waiver.canonical());
        Ok(Waiving { waiver, there, text })
    }
}

impl Waiving {
    /// What a yes is bound to.
    #[must_use]
    pub fn subject(&self, gates: &Gates<'_>) -> Subject {
        Subject {
            command: "gate waive".to_owned(),
            arguments: self.waiver.canonical(),
            main_checkout: gates.place.identity(),
            state: trust::digest(self.text.as_deref().unwrap_or_default()),
        }
    }

    /// Notes the yes and adds the row.
    ///
    /// # Errors
    /// `gate.waiver-invalid` when no row can be added to the file as it stands, `file.not-written` and the like.
    pub fn carry_out(&self, gates: &Gates<'_>) -> Result<(), Problem> {
        if self.there {
            return store::confirm_waiver(gates, &self.waiver);
        }
        let old = self.text.as_deref().unwrap_or_default();
        let new = added(old, &self.waiver, gates.now.date()).ok_or_else(|| {
            Problem::new(
                codes::GATE_WAIVER_INVALID,
                format!("no row can be added to `{WAIVERS}` without changing the rest"),
            )
            .hint(format!("add `- {}` below `rows:` by hand, then run this again", self.waiver.yaml()))
            .in_file(WAIVERS)
        })?;
        let path = gates.ready_to_write(WAIVERS)?;
        // The yes first: a row without it would only be unapproved, a yes without its row changes nothing.
        store::confirm_waiver(gates, &self.waiver)?;
        atomic::locked(&path, || atomic::write(&path, new.as_bytes()))
    }
}

/// The text with one row more at its end, every other byte as it was; `None` when the rows would not be the old ones and this.
fn added(old: &str, waiver: &Waiver, today: jiff::civil::Date) -> Option<String> {
    let row = format!("- {}", waiver.yaml());
    let end = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let is_item = |line: &&str| line.trim_start().starts_with("- ");
    let indent: String = old
        .lines()
        .find(is_item)
        .map_or_else(|| "  ".to_owned(), |line| line.chars().take_while(|c| *c == ' ').collect());
    let mut new = old.to_owned();
    if !new.is_empty() && !new.ends_with('\n') {
        new.push_str(end);
    }
    let bare = old.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    if bare {
        new.push_str("rows:");
        new.push_str(end);
    }
    new.push_str(&format!("{indent}{row}{end}"));
    let count = |text: &str| {
        let waivers = Waivers::parse(text, today, |_| true);
        (waivers.in_force, waivers.faults.iter().map(|fault| fault.message.clone()).collect::<Vec<_>>())
    };
    let (before, after) = (count(old), count(&new));
    let same = after.1 == before.1 && after.0.len() == before.0.len() + 1;
    let kept = before.0.iter().zip(&after.0).all(|(old, new)| old.canonical() == new.canonical());
    let last = after.0.last().is_some_and(|last| last.canonical() == waiver.canonical());
    (same && kept && last).then_some(new)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn a_row_is_added_at_the_end_and_every_other_byte_stays() {
        let today = "2026-11-21".parse().unwrap();
        let waiver = Waiver::new("CVE-2099-12345", "why: \"so\"", "ada", "2026-12-01", today).unwrap();
        let line = format!("- {}", waiver.yaml());
        for (old, new) in [
            ("", format!("rows:\n  {line}\n")),
            ("# ours\n", format!("# ours\nrows:\n  {line}\n")),
            ("rows:\n", format!("rows:\n  {line}\n")),
            (
                "rows:\n- {finding: CVE-2099-1, reason: r, by: b, until: 2026-11-22} # one",
                format!("rows:\n- {{finding: CVE-2099-1, reason: r, by: b, until: 2026-11-22}} # one\n{line}\n"),
            ),
            (
                "rows:\r\n    - finding: CVE-2099-1\r\n      reason: r\r\n",
                format!("rows:\r\n    - finding: CVE-2099-1\r\n      reason: r\r\n    {line}\r\n"),
            ),
            (
                "- {finding: CVE-2099-1, reason: r, by: b, until: 2026-11-22}\n",
                format!("- {{finding: CVE-2099-1, reason: r, by: b, until: 2026-11-22}}\n{line}\n"),
            ),
        ] {
            assert_eq!(added(old, &waiver, today).as_deref(), Some(new.as_str()), "{old:?}");
        }
        for old in [
            "rows: []\n",
            "[",
            "rows: [{finding: CVE-2099-1, reason: r, by: b, until: 2026-11-22}]\n",
            "rows:\n- x\nother: 1\n",
        ] {
            assert_eq!(added(old, &waiver, today), None, "{old:?}");
        }
    }
}
