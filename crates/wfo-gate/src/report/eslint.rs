//! Reads `eslint -f json`: an array of files. `[]` means that no file was linted. A fatal message means that a file could
//! not be parsed; it is an error like the others.

use serde::Deserialize;

use super::figures::Levels;
use super::json::{self, Scalar, or_default};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    file_path: String,
    messages: Vec<Message>,
    error_count: u64,
    warning_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(default, deserialize_with = "or_default")]
    rule_id: String,
    #[serde(default)]
    severity: Scalar,
    #[serde(default)]
    fatal: bool,
    #[serde(default)]
    message: String,
    #[serde(default)]
    line: Scalar,
    #[serde(default)]
    column: Scalar,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let files: Vec<File> = json::array("eslint", text)?;
    let mut report = Report::new(Tool::Eslint);
    let mut levels = Levels::default();
    let mut linted = 0;
    for file in &files {
        let warnings = file.messages.iter().filter(|message| message.severity == Scalar::Whole(1)).count() as u64;
        let errors = (file.messages.len() as u64).saturating_sub(warnings);
        if (errors, warnings) != (file.error_count, file.warning_count) {
            let (said, listed) = (file.error_count, file.messages.len());
            return Unreadable::err(format!("eslint counts {said} errors in a file and lists {listed} messages"));
        }
        let ignored = |message: &Message| message.rule_id.is_empty() && message.message.starts_with("File ignored");
        linted += u64::from(!file.messages.iter().any(ignored));
        levels.errors += errors;
        levels.warnings += warnings;
        levels.fatal += file.messages.iter().filter(|message| message.fatal).count() as u64;
        report.findings.extend(file.messages.iter().map(|message| take(file, message)));
    }
    if linted == 0 {
        return Unreadable::err("eslint linted no file");
    }
    report.scanned = Some(linted);
    report.figures.levels = Some(levels);
    Ok(report)
}

fn take(file: &File, message: &Message) -> crate::finding::Finding {
    let id = match message.rule_id.as_str() {
        "" if message.fatal => "parse-error",
        "" => "eslint",
        rule => rule,
    };
    let severity = match message.severity {
        Scalar::Whole(1) => Severity::Medium,
        Scalar::Whole(2) => Severity::High,
        _ => Severity::Unknown,
    };
    Found {
        id,
        title: &message.message,
        severity: Some(severity),
        file: Some(&file.file_path),
        line: message.line.whole(),
        column: message.column.whole(),
        value: &message.message,
    }
    .take()
}
