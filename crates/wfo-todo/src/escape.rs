//! Puts foreign text into Markdown that we write: on one line without its marks, or as a block that it cannot close.
//! Never changes what a person reads beyond characters that nobody sees.

use std::fmt::Write as _;

use wfo_base::text::{clip, one_line};

/// The most characters of one line of a block.
const LINE_LIMIT: usize = 2_000;

/// Returns foreign text as one bounded line in which no mark of Markdown, HTML or a template counts.
pub(crate) fn inline(text: &str, limit: usize) -> String {
    let line = one_line(text);
    let line = clip(&line, limit);
    let mut out = String::with_capacity(line.len() + 8);
    for (at, c) in line.chars().enumerate() {
        let first = at == 0 && matches!(c, '#' | '+' | '-' | '=' | '~');
        if first || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '{' | '}') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Returns foreign text as a fenced block of at most `lines` lines; the fence is longer than any run of backticks in it.
pub(crate) fn fenced(text: &str, lines: usize) -> String {
    let mut body = String::with_capacity(text.len().min(1 << 16) + 16);
    let mut all = text.lines();
    for line in all.by_ref().take(lines) {
        let rest = line.trim_start_matches([' ', '\t']);
        let blanks = (line.len() - rest.len()).min(40);
        let _ = writeln!(body, "{:blanks$}{}", "", clip(&one_line(rest), LINE_LIMIT));
    }
    let more = all.count();
    if more > 0 {
        let _ = writeln!(body, "… {more} more lines");
    }
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    format!("{fence}text\n{body}{fence}\n")
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_of_a_line_do_not_count() {
        for (text, shown) in [
            ("# heading", "\\# heading"),
            ("a `b` *c* [d](e)", "a \\`b\\` \\*c\\* \\[d\\](e)"),
            ("<img src=x>\n- b", "\\<img src=x\\> - b"),
            ("{{ x }} {% y %}", "\\{\\{ x \\}\\} \\{% y %\\}"),
            ("---", "\\---"),
            ("fix #12", "fix #12"),
        ] {
            assert_eq!(inline(text, 200), shown);
        }
        assert_eq!(inline(&"x".repeat(300), 20).chars().count(), 20);
    }

    #[test]
    fn a_block_keeps_its_indents_and_is_cut_at_its_limit() {
        assert_eq!(fenced("a\n  b\r\n\u{1b}[31mc", 9), "```text\na\n  b\nc\n```\n");
        assert_eq!(fenced("a\nb\nc", 1), "```text\na\n… 2 more lines\n```\n");
        assert_eq!(fenced("", 9), "```text\n```\n");
    }

    proptest! {
        #[test]
        fn no_text_closes_its_fence(text in "[`~\\n a]{0,60}") {
            let block = fenced(&text, 100);
            let fence = block.lines().next().map(|line| line.trim_end_matches("text").to_owned()).unwrap_or_default();
            let closing = block.lines().filter(|line| line.trim().starts_with(&fence)).count();
            prop_assert_eq!(closing, 2);
            let ends = block.ends_with(&format!("{fence}\n"));
            prop_assert!(ends);
        }
    }
}
