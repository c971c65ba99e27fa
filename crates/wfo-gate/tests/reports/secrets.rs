//! One planted token in every text of every report comes out of no reader, neither in a report nor in a reason.

use wfo_gate::report::{Tool, read};

use crate::fixtures::all;

/// Made here, so that no scanner finds it in this file.
fn token() -> String {
    let body: String =
        (0..36_u8).map(|index| char::from(b"aZ3kQ9xB7mT2"[usize::from(index % 12)] + index / 12)).collect();
    format!("gh{}_{body}", "p")
}

#[test]
fn a_token_in_any_text_of_a_report_but_a_path_is_in_nothing_that_is_read_from_it() {
    let token = token();
    let mut planted = 0;
    for fixture in all() {
        let text = fixture.text();
        let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).take(4000).collect();
        for at in quotes.windows(2).filter_map(|pair| pair.first()) {
            // the inside of every quoted text, keys and values alike
            let mutated = format!("{}{token}{}", &text[..=*at], &text[at + 1..]);
            let answer = format!("{:?}", without_paths(fixture.tool, &mutated));
            planted += 1;
            assert!(!answer.contains(&token), "{} at {at}: {answer}", fixture.name);
        }
    }
    assert!(planted > 5000, "{planted}");
}

#[test]
fn what_a_tool_quotes_of_a_line_is_not_shown_even_when_it_looks_like_a_word() {
    let word = "correct-horse-battery";
    for (tool, text) in [
        (Tool::Ripsecrets, format!("src/a.py:1:password = '{word}'\n")),
        (
            Tool::Gitleaks,
            format!(
                "[{{\"RuleID\":\"r\",\"File\":\"f\",\"Secret\":\"{word}\",\"Match\":\"{word}\",\"Message\":\"{word}\",\"Author\":\"{word}\",\"Description\":\"{word}\"}}]"
            ),
        ),
        (Tool::Gitleaks, format!("[{{\"rule\":\"r\",\"file\":\"f\",\"offender\":\"{word}\",\"line\":\"{word}\"}}]")),
    ] {
        let report = read(tool, text.as_bytes()).unwrap();
        assert_eq!(report.findings.len(), 1);
        assert!(!format!("{report:?}").contains(word), "{report:?}");
    }
    let bandit = r#"{"errors":[],"generated_at":"t","metrics":{"a.py":{}},"results":[{"test_id":"B105","test_name":"hardcoded_password_string","issue_severity":"LOW","issue_text":"Possible hardcoded password: 'WORD'","filename":"a.py","code":"1 p = 'WORD'\n"}]}"#;
    let report = read(Tool::Bandit, bandit.replace("WORD", word).as_bytes()).unwrap();
    assert!(!format!("{report:?}").contains(word), "{report:?}");
}

/// Paths are shown as they are: whoever prints them redacts.
fn without_paths(tool: Tool, text: &str) -> impl std::fmt::Debug {
    read(tool, text.as_bytes()).map(|mut report| {
        report.findings.iter_mut().for_each(|finding| finding.file = None);
        report.figures.files.clear();
        report.figures.complexity.iter_mut().for_each(|function| function.file.clear());
        report.figures.bundles.iter_mut().for_each(|bundle| bundle.name.clear());
        report
    })
}
