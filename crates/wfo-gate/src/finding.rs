//! What a tool or the built-in sweep found, in one shape whoever found it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How bad a finding is. What a tool does not tell is `Unknown`, which blocks like the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Little harm.
    Low,
    /// Some harm.
    Medium,
    /// Much harm.
    High,
    /// The worst.
    Critical,
    /// The tool does not say.
    Unknown,
}

/// One finding. No field ever holds a secret's value or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule or advisory, such as `B602`, `GHSA-...`, `github-pat`.
    pub id: String,
    /// What it says, in one line.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// The file, as the tool names it, with `/` between its parts.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The column, from 1.
    pub column: Option<u64>,
    /// What tells it from others and stays when lines move: see [`fingerprint`].
    pub fingerprint: String,
}

/// Returns the first 16 hex digits of SHA-256 over rule, path and value, each followed by a zero byte.
#[must_use]
pub fn fingerprint(rule: &str, path: &str, value: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [rule.as_bytes(), path.as_bytes(), value] {
        hash.update(part);
        hash.update([0]);
    }
    let mut hex = data_encoding::HEXLOWER.encode(&hash.finalize());
    hex.truncate(16);
    hex
}
