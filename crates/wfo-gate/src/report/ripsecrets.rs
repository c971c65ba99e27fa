//! Reads what ripsecrets prints: `path:line:text` for each line with a secret. It prints nothing both when it found
//! nothing and when it looked at nothing, so an empty report is left to whoever saw it run. The text is not shown.

use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(Tool::Ripsecrets);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        // other formats have colons and numbers too
        let foreign = ["{\"", "[{", "<"].iter().any(|start| line.starts_with(start));
        let Some((path, at, secret)) = parts(line).filter(|_| !foreign) else {
            return Unreadable::err(format!("not a report of ripsecrets: line {} is not `path:line:text`", number + 1));
        };
        let found = Found {
            id: "ripsecrets",
            title: "secret found by ripsecrets",
            file: Some(path),
            line: Some(at),
            value: secret,
            ..Found::default()
        };
        report.findings.push(found.take());
    }
    if !text.ends_with('\n') {
        report.notes.push(format!("the last of {} lines has no end", taken::word(&report.findings.len().to_string())));
    }
    Ok(report)
}

/// The first `:number:` parts the path from the text; a path may hold colons.
fn parts(line: &str) -> Option<(&str, u64, &str)> {
    let mut from = 0;
    loop {
        let colon = from + line.get(from..)?.find(':')?;
        let rest = line.get(colon + 1..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let (Some(Ok(at)), Some(secret)) =
            (rest.get(..digits).map(str::parse), rest.get(digits..)?.strip_prefix(':'))
            && colon > 0
        {
            return Some((line.get(..colon)?, at, secret));
        }
        from = colon + 1;
    }
}
