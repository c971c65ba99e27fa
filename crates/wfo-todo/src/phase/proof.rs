//! The closed set of proofs that a step can ask for, as words of `reference/data/phases.yaml`.
//! Says what is asked for; whether it holds is for `prove`.

use std::fmt;

/// Whether something is so; unknown is never taken for yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Proven {
    /// Reality shows that it is not so.
    No,
    /// Nobody can tell.
    Unknown,
    /// Reality shows that it is so.
    Yes,
}

/// A planning or specification document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Document {
    /// `planning/<slug>/requirements.md`
    Requirements,
    /// `planning/<slug>/architecture.md`
    Architecture,
    /// `planning/<slug>/epics.md`
    Epics,
    /// `specs/<slug>/spec.md`
    Spec,
    /// `specs/<slug>/plan.md`
    Plan,
}

impl Document {
    /// All documents, in the order in which they are written.
    pub const ALL: [Self; 5] = [Self::Requirements, Self::Architecture, Self::Epics, Self::Spec, Self::Plan];

    /// Its word in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Requirements => "requirements",
            Self::Architecture => "architecture",
            Self::Epics => "epics",
            Self::Spec => "spec",
            Self::Plan => "plan",
        }
    }

    /// Its path in the repository; the slug is the caller's to check.
    #[must_use]
    pub fn path(self, slug: &str) -> String {
        let folder = if matches!(self, Self::Spec | Self::Plan) { "specs" } else { "planning" };
        format!("{folder}/{slug}/{}.md", self.word())
    }
}

/// A branch by its part in the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Where {
    /// The branch that the pull request goes into.
    Base,
    /// The branch where finished work gathers.
    Develop,
    /// The branch that is released.
    Main,
}

impl Where {
    /// Its word in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Develop => "develop",
            Self::Main => "main",
        }
    }
}

/// What a step can ask reality for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub enum Proof {
    /// The tools that a workflow needs are installed.
    Tools,
    /// The folders of a workflow are there.
    Folders,
    /// The files of a workflow are there.
    Files,
    /// The branches of the flow are there.
    Branches,
    /// The document is there and filled.
    Document(Document),
    /// The planning documents are in a commit.
    Committed,
    /// The branch exists.
    Branch,
    /// The branch is checked out somewhere.
    Worktree,
    /// The call was made inside that checkout.
    Inside,
    /// There are commits of its own that are more than documents.
    Work,
    /// A container file is there.
    Containers,
    /// The tests passed for this content.
    Tests,
    /// At least so many percent of the lines were run, for this content.
    Coverage(u8),
    /// The gate passed for this content.
    Gate(String),
    /// The recorded version is not below what the commits ask for.
    Version,
    /// The version stands in the change log.
    Notes,
    /// A pull request that is no draft is open or merged.
    Pr,
    /// Its review says yes.
    Approved,
    /// No thread is open without a work item.
    Feedback,
    /// The content is in that branch.
    Merged(Where),
    /// The content is in that branch, or a pull request to it is open.
    Offered(Where),
    /// The version is tagged.
    Tag,
    /// The TODO file is in `ARCHIVED/`.
    Archived,
    /// No checkout of the branch is left.
    Removed,
    /// The planning documents say what was built.
    AsBuilt,
    /// The base branch holds everything that develop has.
    Rebased,
}

/// The proofs that are one word.
const PLAIN: [(&str, Proof); 21] = [
    ("tools", Proof::Tools),
    ("folders", Proof::Folders),
    ("files", Proof::Files),
    ("branches", Proof::Branches),
    ("committed", Proof::Committed),
    ("branch", Proof::Branch),
    ("worktree", Proof::Worktree),
    ("inside", Proof::Inside),
    ("work", Proof::Work),
    ("containers", Proof::Containers),
    ("tests", Proof::Tests),
    ("version", Proof::Version),
    ("notes", Proof::Notes),
    ("pr", Proof::Pr),
    ("approved", Proof::Approved),
    ("feedback", Proof::Feedback),
    ("tag", Proof::Tag),
    ("archived", Proof::Archived),
    ("removed", Proof::Removed),
    ("as-built", Proof::AsBuilt),
    ("rebased", Proof::Rebased),
];

impl TryFrom<String> for Proof {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let (head, argument, rest) = (words.next().unwrap_or_default(), words.next(), words.next());
        let branch = |word: &str| [Where::Base, Where::Develop, Where::Main].into_iter().find(|one| one.word() == word);
        let found = match (head, argument, rest) {
            (_, None, None) => PLAIN.iter().find(|(word, _)| *word == head).map(|(_, proof)| proof.clone()),
            ("document", Some(name), None) => {
                Document::ALL.into_iter().find(|one| one.word() == name).map(Self::Document)
            }
            ("coverage", Some(percent), None) => {
                percent.parse().ok().filter(|percent| (1..=100).contains(percent)).map(Self::Coverage)
            }
            ("gate", Some(name), None) => is_name(name).then(|| Self::Gate(name.to_owned())),
            ("merged", Some(name), None) => branch(name).map(Self::Merged),
            ("offered", Some(name), None) => branch(name).map(Self::Offered),
            _ => None,
        };
        found.ok_or_else(|| format!("`{text}` is not a proof; the table's head lists them"))
    }
}

/// Says whether a text is a plain name: letters, digits and `-`.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    plain && (1..=64).contains(&text.len()) && !text.starts_with('-')
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(document) => write!(f, "document {}", document.word()),
            Self::Coverage(percent) => write!(f, "coverage {percent}"),
            Self::Gate(name) => write!(f, "gate {name}"),
            Self::Merged(branch) => write!(f, "merged {}", branch.word()),
            Self::Offered(branch) => write!(f, "offered {}", branch.word()),
            plain => f.write_str(PLAIN.iter().find(|(_, proof)| proof == plain).map_or("", |(word, _)| word)),
        }
    }
}

impl Proof {
    /// Says whether this proof gives at least what the other asks for.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Coverage(mine), Self::Coverage(theirs)) => mine >= theirs,
            _ => self == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proof_reads_as_it_is_written() {
        let words = PLAIN.iter().map(|(word, _)| (*word).to_owned());
        let with = ["document epics", "coverage 80", "gate quality", "merged base", "merged main", "offered develop"];
        for word in words.chain(with.map(str::to_owned)) {
            assert_eq!(Proof::try_from(word.clone()).map(|proof| proof.to_string()), Ok(word));
        }
    }

    #[test]
    fn words_that_are_no_proof_are_refused_by_name() {
        for word in [
            "",
            "Branch",
            "branch now",
            "coverage",
            "coverage 0",
            "coverage 101",
            "coverage x",
            "gate",
            "gate A/B",
            "gate -x",
            "gate a b",
            "document brief",
            "merged trunk",
            "offered",
        ] {
            let problem = Proof::try_from(word.to_owned()).unwrap_err();
            assert!(problem.contains(&format!("`{word}`")), "{problem}");
        }
    }

    #[test]
    fn documents_lie_below_planning_or_specs() {
        let paths: Vec<String> = Document::ALL.iter().map(|document| document.path("login")).collect();
        assert_eq!(paths[0], "planning/login/requirements.md");
        assert_eq!(paths[4], "specs/login/plan.md");
    }
}
