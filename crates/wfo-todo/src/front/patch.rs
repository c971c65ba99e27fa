//! Replaced byte ranges, and how several of them go together.
//! Two patches that would touch each other are never carried out in one round.

/// A range of bytes and what stands there afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: String,
    /// Indent of inserted lines: of two insertions at one place the deeper one belongs to what is above and comes first.
    pub(crate) depth: usize,
}

impl Patch {
    /// Replaces a range.
    pub(crate) fn replace(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self { start, end, text: text.into(), depth: 0 }
    }

    /// Puts text between two bytes.
    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at, at, text)
    }

    /// Puts whole lines between two lines.
    pub(crate) fn lines(at: usize, text: String, depth: usize) -> Self {
        Self { start: at, end: at, text, depth }
    }

    fn is_insertion(&self) -> bool {
        self.start == self.end
    }

    /// Says whether the two cannot be carried out in one round.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if self.start == other.start && self.is_insertion() && other.is_insertion() {
            let lines = |patch: &Self| patch.text.ends_with('\n');
            let items = |patch: &Self| patch.text.starts_with(", ");
            return !(lines(self) && lines(other) || items(self) && items(other));
        }
        if self.is_insertion() || other.is_insertion() {
            let (point, range) = if self.is_insertion() { (self, other) } else { (other, self) };
            return range.start <= point.start && point.start < range.end;
        }
        self.start < other.end && other.start < self.end
    }
}

/// Carries the patches out; `None` where one lies outside the text or inside a character.
pub(crate) fn apply(text: &str, mut patches: Vec<Patch>) -> Option<String> {
    patches.sort_by(|a, b| (a.start, b.depth).cmp(&(b.start, a.depth)));
    let mut out = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for patch in &patches {
        out.push_str(text.get(at..patch.start)?);
        out.push_str(&patch.text);
        at = patch.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
