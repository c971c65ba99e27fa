//! Reports that were made to break a reader: too large, too deep, entities, escape codes.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use wfo_gate::report::{LARGEST, MOST_FINDINGS, Tool, read};

use crate::fixtures::{Fixture, load, of};
use crate::judged::passes;

#[test]
fn twenty_megabytes_behind_or_before_a_report_end_in_time_and_are_never_clean() {
    const SIZE: usize = 20 << 20;
    let fillings: [Vec<u8>; 4] =
        [vec![b'x'; SIZE], b"[{".repeat(SIZE / 2), b"a:1:\n".repeat(SIZE / 5), b"<a b='c'>".repeat(SIZE / 9)];
    for tool in Tool::ALL {
        let clean = |fixture: &Fixture| read(fixture.tool, &fixture.bytes).is_ok_and(|report| passes(&report));
        let Some(fixture) = of(*tool).into_iter().find(clean) else { continue };
        for (index, filling) in fillings.iter().enumerate() {
            let (first, second) = if index % 2 == 0 {
                (fixture.bytes.as_slice(), filling.as_slice())
            } else {
                (filling.as_slice(), fixture.bytes.as_slice())
            };
            let start = Instant::now();
            let clean = read(fixture.tool, &[first, second].concat()).is_ok_and(|report| passes(&report));
            assert!(!clean, "{} with filling {index}", fixture.name);
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{} with filling {index}: {:?}",
                fixture.name,
                start.elapsed()
            );
        }
    }
}

#[test]
fn more_bytes_or_findings_than_are_read_are_said() {
    let bytes = vec![b' '; LARGEST + 1];
    assert!(read(Tool::Gitleaks, &bytes).unwrap_err().reason.contains("more than"));
    let row = r#"{"rule":"r","file":"f","offender":"x"},"#;
    let many = format!("[{}]", row.repeat(MOST_FINDINGS + 1).trim_end_matches(','));
    assert!(read(Tool::Gitleaks, many.as_bytes()).unwrap_err().reason.contains("findings, more than"));
}

#[test]
fn entities_are_never_expanded_and_nothing_is_fetched() {
    let mut laughs = String::from("<?xml version=\"1.0\"?><!DOCTYPE ROOT [<!ENTITY a \"ha\">");
    for (from, to) in ('a'..'j').zip('b'..='j') {
        write!(laughs, "<!ENTITY {to} \"{}\">", format!("&{from};").repeat(10)).unwrap();
    }
    laughs.push_str("]>");
    let external = "<!DOCTYPE ROOT [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned();
    for (tool, name) in [
        (Tool::Junit, "junit/pytest-pass.xml"),
        (Tool::Cobertura, "cobertura/high.xml"),
        (Tool::Jacoco, "jacoco/above.xml"),
        (Tool::Lizard, "lizard/findings.xml"),
    ] {
        let text = String::from_utf8(load(name)).unwrap();
        let body = &text[text.find("?>").unwrap() + 2..];
        for doctype in [&laughs, &external] {
            let reason = read(tool, format!("{doctype}{body}").as_bytes()).unwrap_err().reason;
            assert!(reason.contains("entities"), "{name}: {reason}");
        }
        for open in ["<testsuites>", "<coverage>", "<report>", "<cppncss>"] {
            assert!(read(tool, open.repeat(100_000).as_bytes()).is_err());
        }
    }
}

#[test]
fn an_entity_that_nobody_declared_is_unreadable() {
    for (tool, name, attribute) in [
        (Tool::Junit, "junit/pytest-mixed.xml", "classname=\""),
        (Tool::Cobertura, "cobertura/high.xml", "filename=\""),
        (Tool::Lizard, "lizard/findings.xml", "item name=\""),
    ] {
        let text = String::from_utf8(load(name)).unwrap();
        assert!(text.contains(attribute), "{name}");
        assert!(read(tool, text.replace(attribute, &format!("{attribute}&j;")).as_bytes()).is_err(), "{name}");
    }
}

#[test]
fn escape_codes_and_long_text_do_not_come_out_of_a_finding() {
    let nasty = format!("\\u001b[31m{}\\n\\u202e\\u0000", "wide ".repeat(2000));
    let text = String::from_utf8(load("semgrep/findings.json")).unwrap();
    for from in ["subprocess with shell=True", "shell-true", "src/app.py", "1.182.0"] {
        let report = read(Tool::Semgrep, text.replace(from, &nasty).as_bytes()).unwrap();
        let version = report.version.into_iter();
        let texts = report.findings.into_iter().flat_map(|one| [one.id, one.title, one.file.unwrap_or_default()]);
        for text in texts.chain(version) {
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text}");
            assert!(text.chars().count() <= 1000, "{from}");
        }
    }
}

#[test]
fn a_key_that_comes_twice_hides_nothing() {
    let findings = String::from_utf8(load("semgrep/findings.json")).unwrap();
    let twice = findings.replacen("\"errors\":[]", "\"errors\":[],\"results\":[]", 1);
    assert!(read(Tool::Semgrep, twice.as_bytes()).is_err());
    let npm = String::from_utf8(load("npm-audit/none.json")).unwrap();
    let package = r#""p":{"severity":"critical","via":[]}"#;
    let hidden = npm.replace(
        "\"vulnerabilities\": {}",
        &format!("\"vulnerabilities\": {{{package},\"p\":{{\"severity\":\"info\"}}}}"),
    );
    assert!(read(Tool::NpmAudit, hidden.as_bytes()).is_err());
    let detect = String::from_utf8(load("detect-secrets/findings.json")).unwrap();
    let emptied = detect.replacen("\"src/ok.py\": [", "\"src/config.py\": [], \"src/ok.py\": [", 1);
    assert_eq!(read(Tool::DetectSecrets, emptied.as_bytes()).unwrap().findings.len(), 11);
}
