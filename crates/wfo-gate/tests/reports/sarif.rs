//! How a result of SARIF gets its level, its place and its right to count at all.

use wfo_gate::Severity;
use wfo_gate::report::{Report, Tool, Unreadable, read};

/// A run of one result, with the rules, the invocation and the result as given.
fn run(rules: &str, more: &str, result: &str) -> Result<Report, Unreadable> {
    let text = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Any","rules":[{rules}]}},"extensions":[{{"name":"more","rules":[{{"id":"x","defaultConfiguration":{{"level":"note"}}}}]}}]}}{more},"results":[{result}]}}]}}"#
    );
    read(Tool::Sarif, text.as_bytes())
}

fn severity(rules: &str, more: &str, result: &str) -> Option<Severity> {
    run(rules, more, result).unwrap().findings.first().map(|finding| finding.severity)
}

#[test]
fn a_level_comes_from_the_result_then_an_override_then_the_rule_then_is_a_warning() {
    use Severity::{Critical, High, Info, Low, Medium, Unknown};
    let error = r#"{"id":"a","defaultConfiguration":{"level":"error"}}"#;
    let note = r#"{"id":"a","defaultConfiguration":{"level":"note"}}"#;
    let scored = r#"{"id":"a","properties":{"security-severity":"9.1"}}"#;
    let raised = r#","invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"id":"a"},"configuration":{"level":"error"}}]}]"#;
    let raised_by_index = raised.replace(r#""id":"a""#, r#""index":0"#);
    for (rules, more, result, expected) in [
        (error, "", r#"{"ruleId":"a","message":{}}"#, High),
        (note, "", r#"{"ruleId":"a","message":{}}"#, Info),
        (error, "", r#"{"ruleId":"a","level":"note","message":{}}"#, Info),
        (error, "", r#"{"ruleIndex":0,"message":{}}"#, High),
        (error, "", r#"{"rule":{"id":"a"},"message":{}}"#, High),
        (error, "", r#"{"rule":{"index":0},"message":{}}"#, High),
        (error, "", r#"{"rule":{"index":0,"toolComponent":{"index":0}},"message":{}}"#, Info),
        (error, "", r#"{"ruleId":"a/1","message":{}}"#, High),
        (error, "", r#"{"ruleId":"x","message":{}}"#, Info),
        (error, "", r#"{"ruleId":"a","ruleIndex":7,"message":{}}"#, High),
        (r#"{"id":"a"}"#, "", r#"{"ruleId":"a","message":{}}"#, Medium),
        ("", "", r#"{"ruleId":"gone","message":{}}"#, Medium),
        ("", "", r#"{"message":{}}"#, Medium),
        ("", "", r#"{"level":"catastrophe","message":{}}"#, Unknown),
        (note, raised, r#"{"ruleId":"a","message":{}}"#, High),
        (note, &raised_by_index, r#"{"ruleId":"a","message":{}}"#, High),
        (scored, "", r#"{"ruleId":"a","level":"note","message":{}}"#, Critical),
        (error, "", r#"{"ruleId":"a","properties":{"security-severity":"1.0"},"message":{}}"#, High),
        ("", "", r#"{"level":"none","kind":"fail","message":{},"properties":{"security-severity":2.5}}"#, Low),
    ] {
        assert_eq!(severity(rules, more, result), Some(expected), "{rules} {more} {result}");
    }
}

#[test]
fn what_passed_is_gone_or_is_suppressed_is_no_finding() {
    for result in [
        r#"{"kind":"pass","message":{}}"#,
        r#"{"kind":"notApplicable","level":"none","message":{}}"#,
        r#"{"level":"error","baselineState":"absent","message":{}}"#,
        r#"{"level":"error","suppressions":[{"kind":"inSource"}],"message":{}}"#,
    ] {
        assert_eq!(severity("", "", result), None, "{result}");
    }
    for result in [
        r#"{"kind":"pass","level":"error","message":{}}"#,
        r#"{"kind":"review","level":"error","message":{}}"#,
        r#"{"level":"error","baselineState":"new","message":{}}"#,
        r#"{"level":"error","suppressions":[{"status":"rejected"}],"message":{}}"#,
        r#"{"level":"error","suppressions":[],"message":{}}"#,
    ] {
        assert_eq!(severity("", "", result), Some(Severity::High), "{result}");
    }
    let told = run("", "", r#"{"level":"error","suppressions":[{"status":"accepted"}],"message":{}}"#).unwrap();
    assert_eq!(told.notes, ["1 results are suppressed in the source"]);
}

#[test]
fn a_place_is_taken_from_the_location_or_the_list_of_artifacts() {
    let place = |artifact: &str| {
        let more = r#","artifacts":[{"location":{"uri":"src/listed.rs"}}]"#;
        let result = format!(
            r#"{{"message":{{"text":"t"}},"locations":[{{"physicalLocation":{{"artifactLocation":{artifact},"region":{{"startLine":7,"startColumn":3}}}}}}]}}"#
        );
        let finding = run("", more, &result).unwrap().findings.remove(0);
        assert_eq!((finding.line, finding.column), (Some(7), Some(3)));
        finding.file
    };
    for (artifact, file) in [
        (r#"{"uri":"src/a.rs"}"#, Some("src/a.rs")),
        (r#"{"uri":"file:///home/user/a%20b%zz.rs"}"#, Some("/home/user/a b%zz.rs")),
        (r#"{"index":0}"#, Some("src/listed.rs")),
        (r#"{"index":9}"#, None),
        (r#"{"uri":"a%"}"#, Some("a%")),
    ] {
        assert_eq!(place(artifact).as_deref(), file, "{artifact}");
    }
}

#[test]
fn sarif_under_a_tool_s_id_is_that_tool_s_own() {
    let of = |name: &str| String::from_utf8(crate::fixtures::load(name)).unwrap();
    let clean = of("gitleaks/clean.sarif");
    assert!(read(Tool::Gitleaks, clean.as_bytes()).unwrap().findings.is_empty());
    for tool in Tool::ALL.iter().filter(|tool| !matches!(tool, Tool::Gitleaks | Tool::Sarif)) {
        assert!(read(*tool, clean.as_bytes()).is_err(), "{tool}");
    }
    let secret = read(Tool::Gitleaks, of("gitleaks/findings.sarif").as_bytes()).unwrap();
    assert!(
        secret
            .findings
            .iter()
            .all(|one| one.severity == Severity::Unknown && one.title.starts_with("secret found by rule"))
    );
    assert_eq!(secret.version.as_deref(), Some("v8.0.0"));
}

#[test]
fn every_run_of_several_must_have_gone_through() {
    let good = r#"{"tool":{"driver":{"name":"a"}},"results":[]}"#;
    let text = |other: &str| format!(r#"{{"version":"2.1.0","runs":[{good},{other}]}}"#);
    assert!(read(Tool::Sarif, text(good).as_bytes()).is_ok());
    for bad in [
        r#"{"tool":{"driver":{"name":"b"}}}"#,
        r#"{"tool":{"driver":{"name":"b"}},"results":null}"#,
        r#"{"tool":{"driver":{"name":"b"}},"results":[],"invocations":[{"executionSuccessful":false}]}"#,
        r#"{"tool":{"driver":{"name":"b"}},"results":[],"externalPropertyFileReferences":{"results":[{"itemCount":3}]}}"#,
        r#"{"tool":{},"results":[]}"#,
    ] {
        assert!(read(Tool::Sarif, text(bad).as_bytes()).is_err(), "{bad}");
    }
}
