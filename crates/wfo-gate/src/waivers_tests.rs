//! Which rows waive, which do not, and what a row covers.

#![allow(clippy::unwrap_used, reason = "a test may")]
use super::*;
use crate::finding::Severity;

const TODAY: &str = "2026-11-21";

fn parsed(yaml: &str) -> Waivers {
    Waivers::parse(yaml, TODAY.parse().unwrap(), |_| true)
}

fn finding(id: &str, fingerprint: &str) -> Finding {
    Finding {
        id: id.into(),
        title: String::new(),
        severity: Severity::High,
        file: None,
        line: None,
        column: None,
        fingerprint: fingerprint.into(),
    }
}

#[test]
fn a_waiver_counts_on_its_last_day_and_not_on_the_next_and_for_ninety_days_at_most() {
    for (until, counts) in [
        ("2026-11-20", false),
        ("2026-11-21", true),
        ("2027-02-19", true),
        ("2027-02-20", false),
        ("9999-12-31", false),
        ("tomorrow", false),
        ("", false),
    ] {
        let waivers =
            parsed(&format!("rows:\n- {{finding: GHSA-aaaa-bbbb-cccc, reason: r, by: ada, until: \"{until}\"}}\n"));
        assert_eq!((waivers.in_force.len(), waivers.faults.len()), if counts { (1, 0) } else { (0, 1) }, "{until}");
    }
}

#[test]
fn a_row_that_lacks_anything_or_names_more_than_one_finding_waives_nothing_and_is_named_with_its_line() {
    for row in [
        "{finding: \"*\", reason: r, by: a, until: 2026-11-22}",
        "{finding: \"GHSA-*\", reason: r, by: a, until: 2026-11-22}",
        "{finding: B602, reason: r, by: a, until: 2026-11-22}",
        "{finding: secrets, reason: r, by: a, until: 2026-11-22}",
        "{finding: \"\", reason: r, by: a, until: 2026-11-22}",
        "{reason: r, by: a, until: 2026-11-22}",
        "{finding: CVE-2099-12345, by: a, until: 2026-11-22}",
        "{finding: CVE-2099-12345, reason: \" \", by: a, until: 2026-11-22}",
        "{finding: CVE-2099-12345, reason: r, until: 2026-11-22}",
        "{finding: CVE-2099-12345, reason: r, by: a}",
        "{finding: CVE-2099-12345, reason: r, by: a, until: 2026-11-22, extra: 1}",
        "[1]",
        "text",
    ] {
        let waivers = parsed(&format!(
            "# ours\nrows:\n  - {row}\n  - {{finding: CVE-2099-1, reason: r, by: a, until: 2026-11-22}}\n"
        ));
        assert_eq!(waivers.in_force.len(), 1, "{row}");
        assert_eq!(waivers.faults.first().unwrap().line, 3, "{row}");
    }
}

#[test]
fn a_file_that_is_no_list_waives_nothing_and_says_so() {
    for yaml in ["[", "rows: 3", "x: []", "text", "\t"] {
        let waivers = parsed(yaml);
        assert_eq!((waivers.in_force.len(), waivers.faults.len()), (0, 1), "{yaml}");
    }
    for yaml in ["", "rows:", "rows: []", "[]", "waivers: []"] {
        assert_eq!(parsed(yaml), Waivers::default(), "{yaml}");
    }
}

#[test]
fn a_fingerprint_covers_one_finding_and_an_advisory_only_vulnerabilities() {
    let today: Date = TODAY.parse().unwrap();
    let of = |id: &str| Waiver::new(id, "r", "ada", TODAY, today).unwrap();
    assert!(of("0123456789abcdef").covers(&finding("x", "0123456789abcdef"), false));
    assert!(!of("0123456789abcdef").covers(&finding("x", "0123456789abcde0"), true));
    assert!(of("CVE-2099-12345").covers(&finding("cve-2099-12345", "f"), true));
    assert!(!of("CVE-2099-12345").covers(&finding("CVE-2099-12345", "f"), false));
    assert!(of("RUSTSEC-2099-0001").covers(&finding("RUSTSEC-2099-0001", "f"), true));
    assert!(of("1234567").covers(&finding("1234567", "f"), true));
}

#[test]
fn what_is_written_is_read_again_and_unconfirmed_rows_do_not_count() {
    let waiver =
        Waiver::new("CVE-2099-12345", "a \"quoted\": {reason} # not", "Ada: L", TODAY, TODAY.parse().unwrap()).unwrap();
    let yaml = format!("rows:\n- {}\n", waiver.yaml());
    let read = parsed(&yaml);
    assert_eq!(read.in_force.first().unwrap().canonical(), waiver.canonical());
    let unapproved = Waivers::parse(&yaml, TODAY.parse().unwrap(), |_| false);
    assert_eq!((unapproved.in_force.len(), unapproved.unapproved.len()), (0, 1));
}
