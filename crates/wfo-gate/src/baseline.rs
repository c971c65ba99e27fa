//! The baseline: fingerprints that were there when somebody said "from here on". It marks what is new and changes no verdict.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// `.wfo/baseline.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// `wfo.baseline/1`
    pub schema: String,
    /// The fingerprints of each gate, by its name.
    pub gates: std::collections::BTreeMap<String, BTreeSet<String>>,
    /// Keys of other versions, which stay.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

/// The schema that is written.
pub const SCHEMA: &str = "wfo.baseline/1";

impl Baseline {
    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it, one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The fingerprints of a gate; `None` when it has no baseline.
    #[must_use]
    pub fn of(&self, gate: &str) -> Option<&BTreeSet<String>> {
        self.gates.get(gate)
    }

    /// Puts the fingerprints of a gate in the place of the old ones.
    #[must_use]
    pub fn with(mut self, gate: &str, fingerprints: BTreeSet<String>) -> Self {
        SCHEMA.clone_into(&mut self.schema);
        self.gates.insert(gate.to_owned(), fingerprints);
        self
    }

    /// Writes the file's text.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
