//! Tells what kind of work a sentence asks for, from weighted words and the verb it opens with.
//! Never looks at parts of words: "latest" is not a test.

use std::fmt;

use crate::phrases::Phrases;

/// A kind of work; declared in the order that breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// Find out why something is broken, and repair it.
    Debugging,
    /// Find or close holes.
    Security,
    /// Write or extend tests.
    Testing,
    /// Make something faster or smaller.
    Performance,
    /// Judge a change.
    CodeReview,
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

use TaskType::{
    Architecture, CodeReview, Debugging, Deployment, Documentation, Implementation, Performance, Planning, Refactoring,
    Research, Security, Testing,
};

impl TaskType {
    /// All kinds, in the order that breaks ties.
    pub const ALL: [Self; 12] = [
        Debugging,
        Security,
        Testing,
        Performance,
        CodeReview,
        Deployment,
        Architecture,
        Documentation,
        Refactoring,
        Research,
        Planning,
        Implementation,
    ];

    /// Returns its name in tables and answers, such as `code_review`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Debugging => "debugging",
            Security => "security",
            Testing => "testing",
            Performance => "performance",
            CodeReview => "code_review",
            Deployment => "deployment",
            Architecture => "architecture",
            Documentation => "documentation",
            Refactoring => "refactoring",
            Research => "research",
            Planning => "planning",
            Implementation => "implementation",
        }
    }
}

impl fmt::Display for TaskType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Less weight than this says nothing.
const ENOUGH: u32 = 2;

/// Words that may stand before the verb.
const BEFORE_VERB: [&str; 20] = [
    "pleas", "let", "us", "i", "we", "you", "need", "want", "to", "should", "can", "could", "must", "the", "a", "now",
    "then", "also", "t", "s",
];

/// Verbs that open a sentence, by kind and weight.
const VERBS: &[(TaskType, u32, &str)] = &[
    (Debugging, 4, "fix debug investigate repair resolve diagnose troubleshoot trace reproduce hunt"),
    (Testing, 3, "test cover"),
    (Performance, 4, "optimize optimise profile benchmark speed"),
    (Security, 4, "secure harden encrypt sanitize audit"),
    (CodeReview, 5, "review"),
    (Deployment, 4, "deploy release ship publish provision"),
    (Architecture, 4, "design architect"),
    (Documentation, 4, "document describe explain"),
    (Refactoring, 4, "refactor modernize modernise simplify rename restructure upgrade migrate extract clean"),
    (Research, 4, "research evaluate compare explore choose"),
    (Planning, 4, "plan estimate prioritize prioritise schedule"),
    (Implementation, 5, "build implement develop integrate"),
    (Implementation, 3, "add create make introduce support write finish complete wire connect generate set configure"),
    (Implementation, 3, "enable allow handle improve extend"),
];

/// Words and word groups, by kind and weight; groups are parted by commas, `~` stands for up to three words.
const WORDS: &[(TaskType, u32, &str)] = &[
    (
        Debugging,
        3,
        "bug, crash, exception, stack trace, traceback, broken, not working, doesn t work, does not work, flaky, panic, \
         segfault, root cause, race condition, deadlock, memory leak, fail ~ test, fix ~ test, regression, incident, outage",
    ),
    (Debugging, 2, "error, fail, failure, fix, debug, investigate, wrong, incorrect, hang, timeout"),
    (Debugging, 1, "issue, problem, log"),
    (Testing, 6, "write ~ test, add ~ test, create ~ test, generate ~ test, extend ~ test"),
    (
        Testing,
        3,
        "test coverage, unit test, integration test, test suite, tdd, test first, test driven, coverage, pytest, jest",
    ),
    (Testing, 3, "vitest, playwright, mock, e2e, end to end test, load test, missing test, regression test"),
    (Testing, 2, "test, assertion, fixture"),
    (Performance, 4, "performance, latency, bottleneck, slow, speed up, throughput, response time, memory leak"),
    (Performance, 3, "benchmark, optimize, optimise, optimization, profile, faster, n+1, load test"),
    (Performance, 2, "memory, cpu, speed, cache"),
    (Security, 4, "security, vulnerability, vulnerable, exploit, xss, csrf, sql injection, penetration, pentest, cve"),
    (Security, 3, "encryption, encrypt, owasp, sanitize, compliance, secret, threat model"),
    (Security, 2, "auth, authentication, authorization, permission, injection, password, audit"),
    (
        Deployment,
        4,
        "deploy, deployment, kubernetes, k8s, helm, terraform, ci/cd, docker, dockerfile, gitops, github actions",
    ),
    (Deployment, 3, "pipeline, release, rollout, canary, infrastructure as code, ci"),
    (Deployment, 2, "production, staging, aws, gcp, azure, cloud, infrastructure, container"),
    (Architecture, 4, "architecture, system design, design pattern"),
    (Architecture, 3, "microservice, monolith, scalability, data model, api design, schema design"),
    (Architecture, 2, "schema, design, diagram"),
    (Architecture, 1, "structure, pattern"),
    (CodeReview, 7, "merge conflict"),
    (CodeReview, 4, "review, code review, pull request, best practice"),
    (CodeReview, 3, "pr, prs"),
    (CodeReview, 2, "audit, feedback"),
    (CodeReview, 1, "check, quality, improvement"),
    (Documentation, 5, "readme, changelog, tutorial, user guide, api reference, write ~ docs"),
    (Documentation, 4, "documentation, docs, typo"),
    (Documentation, 3, "create ~ documentation, write ~ documentation, update ~ documentation"),
    (Documentation, 3, "openapi, swagger, docstring, manual, runbook, walkthrough, onboarding, guide"),
    (
        Refactoring,
        5,
        "refactor, refactoring, modernize, legacy, technical debt, tech debt, dead code, cleanup, clean up",
    ),
    (Refactoring, 2, "migrate, migration, upgrade, simplify, rename, deprecated, duplication"),
    (Research, 5, "research, should we use, feasibility, proof of concept, poc, spike"),
    (Research, 3, "evaluate, compare, alternative, trade off, investigate option, market"),
    (Planning, 3, "plan, roadmap, break down, milestone, requirement, estimate"),
    (Planning, 2, "scope, epic, backlog, brief"),
    (Implementation, 2, "implement, feature, endpoint, component"),
];

/// The words above, prepared for looking up.
#[derive(Debug, Clone)]
pub(crate) struct TaskTypes {
    words: Phrases<usize>,
    verbs: Phrases<usize>,
    weights: Vec<(TaskType, u32)>,
}

impl TaskTypes {
    /// Prepares the lists.
    pub(crate) fn new() -> Self {
        let mut types = Self { words: Phrases::default(), verbs: Phrases::default(), weights: Vec::new() };
        for (kind, weight, list) in WORDS {
            for phrase in list.split(',') {
                types.words.add(phrase, types.weights.len());
                types.weights.push((*kind, *weight));
            }
        }
        for (kind, weight, list) in VERBS {
            for verb in list.split(' ') {
                types.verbs.add(verb, types.weights.len());
                types.weights.push((*kind, *weight));
            }
        }
        types
    }

    /// Tells the kind of work of a task's stems; each phrase counts once, equal sums go to the kind declared first.
    pub(crate) fn of(&self, stems: &[String]) -> Option<TaskType> {
        let mut hits: Vec<usize> = Vec::new();
        let mut hit = |at| {
            if !hits.contains(&at) {
                hits.push(at);
            }
        };
        self.words.each(stems, &mut hit);
        let verb = stems.iter().position(|stem| !is_before_verb(stem));
        let verb = verb.and_then(|at| stems.get(at..=at)).unwrap_or_default();
        self.verbs.each(verb, &mut hit);
        let mut sums = [0_u32; TaskType::ALL.len()];
        for (kind, weight) in hits.iter().filter_map(|at| self.weights.get(*at)) {
            if let Some(sum) = sums.get_mut(*kind as usize) {
                *sum += weight;
            }
        }
        let (kind, sum) = TaskType::ALL.into_iter().zip(sums).rev().max_by_key(|(_, sum)| *sum)?;
        (sum >= ENOUGH).then_some(kind)
    }
}

/// Skips "please", "we need to" and ids such as `T-12`.
fn is_before_verb(stem: &str) -> bool {
    BEFORE_VERB.contains(&stem) || stem.len() == 1 || stem.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stem::stems;

    #[test]
    fn the_kind_of_work_comes_from_the_words_in_their_context() {
        let types = TaskTypes::new();
        for (task, expected) in [
            ("Fix the failing test", Some(Debugging)),
            ("Debug failing e2e tests on CI", Some(Debugging)),
            ("Write tests for the payment module", Some(Testing)),
            ("Write tests for error handling", Some(Testing)),
            ("Add some more integration tests", Some(Testing)),
            ("Raise test coverage to 80 %", Some(Testing)),
            ("Login crashes when the cookie is empty", Some(Debugging)),
            ("Please fix the login", Some(Debugging)),
            ("T-12: fix the login", Some(Debugging)),
            ("Search is slow on large tables", Some(Performance)),
            ("Optimize slow database queries", Some(Performance)),
            ("Security audit of the upload path", Some(Security)),
            ("Review the pull request of Ann", Some(CodeReview)),
            ("Deploy to staging", Some(Deployment)),
            ("Set up the release pipeline", Some(Deployment)),
            ("Design the database schema", Some(Architecture)),
            ("Update the README", Some(Documentation)),
            ("Refactor the parser", Some(Refactoring)),
            ("Clean up dead code", Some(Refactoring)),
            ("Should we use Postgres or SQLite", Some(Research)),
            ("Plan the next quarter", Some(Planning)),
            ("Build an async endpoint", Some(Implementation)),
            ("Add dark mode", Some(Implementation)),
            ("Build a search for the documentation", Some(Implementation)),
            ("Improve error messages", Some(Implementation)),
            ("Fix typo in README", Some(Documentation)),
            ("Resolve the merge conflict", Some(CodeReview)),
            ("Add a CI job", Some(Deployment)),
            ("Buy milk", None),
            ("", None),
        ] {
            assert_eq!(types.of(&stems(task)), expected, "{task}");
        }
    }

    #[test]
    fn parts_of_words_say_nothing() {
        let types = TaskTypes::new();
        for task in
            ["Show the latest numbers", "Rapid capital growth", "Terror on page four", "Contest rules", "Prefix list"]
        {
            assert_eq!(types.of(&stems(task)), None, "{task}");
        }
    }

    #[test]
    fn names_are_those_of_the_tables() {
        for kind in TaskType::ALL {
            let written = serde_yaml::to_string(&kind).expect("yaml");
            assert_eq!(written.trim(), kind.as_str());
            assert_eq!(TaskType::ALL.iter().position(|other| *other == kind), Some(kind as usize));
        }
    }
}
