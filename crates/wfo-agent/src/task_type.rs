//! Tells what kind of work a sentence asks for.
//! Never looks at parts of words: "latest" is not a test.

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// Find out why something is broken, and repair it.
    Debugging,
    /// Judge a change.
    CodeReview,
    /// Write or extend tests.
    Testing,
    /// Make something faster or smaller.
    Performance,
    /// Find or close holes.
    Security,
    /// Bring something to users, and the machinery for it.
    Deployment,
    /// Decide on structure.
    Architecture,
    /// Explain in writing.
    Documentation,
    /// Change the form, keep the behaviour.
    Refactoring,
    /// Find out what is possible and what it costs.
    Research,
    /// Break work down.
    Planning,
    /// Build something new.
    Implementation,
}
