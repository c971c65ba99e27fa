//! Scores every agent for a task: keywords 40, kind of work 30, past runs 20, files 10; each point with its reason.
//! Never guesses: when nothing fits, `confident` is false.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalogue::AgentRow;
use crate::domains;
use crate::phrases::Phrases;
use crate::stem::stems;
use crate::task_type::{TaskType, TaskTypes};

/// Points of one keyword, and the most of all keywords.
const KEYWORD: (u8, u8) = (10, 40);
/// Points of the agent's own kind of work, and of one it can also do.
const KIND: (u8, u8) = (30, 15);
/// Points of a file in the agent's domain.
const CONTEXT: u8 = 10;
/// The least points of a good match: a kind of work, or three keywords.
const GOOD: u8 = 30;
/// The most candidates of one answer.
const MOST: usize = 10;
/// Shared out among the agents that have a keyword, so that rare words decide between equal scores.
const RARITY: u32 = 840;

/// The answer for one task.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Route {
    /// The kind of work, when the words say so.
    pub task_type: Option<TaskType>,
    /// The ten best agents with at least one point, best first; when none is a good match, the fallback agent stands last.
    /// Ties: rarer keywords, then the first choice for the kind of work, then the order of the catalogue.
    pub candidates: Vec<Candidate>,
    /// Whether the first candidate is a good match.
    pub confident: bool,
}

/// One agent's fitness for one task.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// The agent's id.
    pub agent: String,
    /// 0-100, the sum of the parts.
    pub score: u8,
    /// Where the points come from.
    pub parts: Parts,
    /// The reason of every part.
    pub reasons: Vec<String>,
}

/// Points by origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Parts {
    /// 10 for each keyword, 40 at most.
    pub keywords: u8,
    /// 30 for the agent's own kind of work, 15 for one it can also do.
    pub task_type: u8,
    /// 20 at most; 0 until runs are recorded, and then the reasons say so.
    pub performance: u8,
    /// 10 when a file lies in the agent's domain.
    pub context: u8,
}

impl Parts {
    fn sum(self) -> u8 {
        self.keywords + self.task_type + self.performance + self.context
    }
}

/// The catalogue, prepared for many questions.
#[derive(Debug, Clone)]
pub struct Router<'a> {
    rows: &'a [AgentRow],
    names: HashMap<String, usize>,
    keywords: Phrases<(usize, usize)>,
    /// How many agents have a keyword, by its stems.
    shared: HashMap<String, u32>,
    types: TaskTypes,
}

/// One agent's points, before reasons are worded.
struct Scored<'a> {
    at: usize,
    row: &'a AgentRow,
    parts: Parts,
    keywords: Vec<&'a str>,
    rarity: u32,
    file: Option<&'a str>,
    first: bool,
}

impl<'a> Router<'a> {
    /// Prepares the catalogue.
    #[must_use]
    pub fn new(rows: &'a [AgentRow]) -> Self {
        let mut names = HashMap::new();
        let mut keywords = Phrases::default();
        let mut shared: HashMap<String, u32> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            names.insert(row.id.to_lowercase(), at);
            let mut own = BTreeSet::new();
            for (index, keyword) in row.keywords.iter().enumerate() {
                let phrase = stems(keyword).join(" ");
                // "migration" and "migrations" are one word, and count once
                if own.insert(phrase.clone()) {
                    keywords.add(keyword, (at, index));
                    *shared.entry(phrase).or_default() += 1;
                }
            }
        }
        for (at, row) in rows.iter().enumerate() {
            for alias in &row.aliases {
                names.entry(alias.to_lowercase()).or_insert(at);
            }
        }
        Self { rows, names, keywords, shared, types: TaskTypes::new() }
    }

    /// Finds an agent by id or alias, without case and without a leading slash.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'a AgentRow> {
        let name = name.trim().trim_start_matches('/').to_lowercase();
        self.names.get(&name).and_then(|at| self.rows.get(*at))
    }

    /// Scores the agents for a task and the files it is about.
    #[must_use]
    pub fn route(&self, task: &str, files: &[&str]) -> Route {
        let stems = stems(task);
        let task_type = self.types.of(&stems);
        let mut hits: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        self.keywords.each(&stems, |(at, keyword)| {
            hits.entry(at).or_default().insert(keyword);
        });
        let agents = self.rows.iter().enumerate().filter(|(_, row)| !row.is_fallback());
        let mut scored: Vec<Scored<'_>> = agents
            .map(|(at, row)| self.score(at, row, hits.get(&at), task_type, files))
            .filter(|scored| scored.parts.sum() > 0)
            .collect();
        scored.sort_by_key(|one| (Reverse(one.parts.sum()), Reverse(one.rarity), !one.first, one.at));
        let confident = scored.first().is_some_and(|best| {
            best.parts.sum() >= GOOD && (best.first || best.parts.keywords > 0 || best.parts.context > 0)
        });
        let mut candidates: Vec<Candidate> =
            scored.iter().take(MOST).map(|scored| scored.candidate(task_type)).collect();
        if !confident {
            candidates.extend(self.fallback());
        }
        Route { task_type, candidates, confident }
    }

    fn score<'b>(
        &self,
        at: usize,
        row: &'b AgentRow,
        hits: Option<&BTreeSet<usize>>,
        task_type: Option<TaskType>,
        files: &[&'b str],
    ) -> Scored<'b> {
        let words: Vec<&str> =
            hits.into_iter().flatten().filter_map(|index| row.keywords.get(*index)).map(String::as_str).collect();
        let rarity =
            words.iter().map(|word| RARITY / self.shared.get(&stems(word).join(" ")).copied().unwrap_or(1).max(1));
        let rarity = rarity.sum();
        let count = u8::try_from(words.len()).unwrap_or(u8::MAX);
        let is = |kinds: &[TaskType]| task_type.is_some_and(|kind| kinds.contains(&kind));
        let file = files.iter().copied().find(|file| row.domains.iter().any(|domain| domains::matches(domain, file)));
        let parts = Parts {
            keywords: count.saturating_mul(KEYWORD.0).min(KEYWORD.1),
            // every second agent builds things, so building alone speaks for none of them
            task_type: match (is(&row.task_types), is(&row.secondary)) {
                _ if task_type == Some(TaskType::Implementation) && words.is_empty() && file.is_none() => 0,
                (true, _) => KIND.0,
                (false, true) => KIND.1,
                (false, false) => 0,
            },
            performance: 0,
            context: if file.is_some() { CONTEXT } else { 0 },
        };
        Scored { at, row, parts, keywords: words, rarity, file, first: is(&row.first_for) }
    }

    fn fallback(&self) -> Option<Candidate> {
        let row = self.rows.iter().find(|row| row.is_fallback())?;
        let reasons = vec!["no specialist is a good match; this one takes any work".to_owned()];
        Some(Candidate { agent: row.id.clone(), score: 0, parts: Parts::default(), reasons })
    }
}

impl Scored<'_> {
    fn candidate(&self, task_type: Option<TaskType>) -> Candidate {
        let mut reasons = Vec::new();
        let Parts { keywords, task_type: kind, context, .. } = self.parts;
        if keywords > 0 {
            reasons.push(format!("+{keywords} keywords {}", self.keywords.join(", ")));
        }
        if let Some(name) = task_type.filter(|_| kind > 0) {
            let how = if kind == KIND.0 { "made for" } else { "can also do" };
            reasons.push(format!("+{kind} {how} {name}"));
        }
        if let Some(file) = self.file {
            reasons.push(format!("+{context} knows {}", wfo_base::text::one_line(file)));
        }
        reasons.push("+0 past runs: none recorded".to_owned());
        Candidate { agent: self.row.id.clone(), score: self.parts.sum(), parts: self.parts, reasons }
    }
}

/// Scores the agents of a catalogue once; for many tasks keep a [`Router`].
#[must_use]
pub fn route(task: &str, files: &[&str], catalogue: &[AgentRow]) -> Route {
    Router::new(catalogue).route(task, files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;
    use wfo_base::tables;

    static ROWS: LazyLock<Vec<AgentRow>> = LazyLock::new(|| {
        let text = include_str!("../../../reference/data/agents.yaml");
        tables::parse::<AgentRow>("agents.yaml", text).value.into_iter().map(|(row, _)| row).collect()
    });

    fn best(task: &str, files: &[&str]) -> Option<String> {
        let route = route(task, files, &ROWS);
        route.candidates.into_iter().next().filter(|_| route.confident).map(|best| best.agent)
    }

    #[test]
    fn tasks_of_every_trade_reach_their_agent() {
        let wrong: Vec<_> = [
            ("Fix the error in the login form", "debugging-toolkit:debugger"),
            ("Login does not work", "debugging-toolkit:debugger"),
            ("Fix the failing test of the parser", "unit-testing:debugger"),
            ("Fix flaky test", "debug-like-expert"),
            ("Search the logs for timeout patterns", "error-debugging:error-detective"),
            ("Find out why production had an outage of three services", "distributed-debugging:devops-troubleshooter"),
            ("Review the payment code", "code-documentation:code-reviewer"),
            ("Review pull request 12", "git-pr-workflows:code-reviewer"),
            ("Write tests for the payment module", "unit-testing:test-automator"),
            ("Build sign-up test first with TDD", "tdd-workflows:tdd-orchestrator"),
            ("Create load tests for the search", "performance-testing-review:test-automator"),
            ("Write the documentation of the importer", "documentation-generation:docs-architect"),
            ("Describe the endpoints in an OpenAPI file", "documentation-generation:api-documenter"),
            ("Write a getting started tutorial", "documentation-generation:tutorial-engineer"),
            ("Draw a sequence diagram with Mermaid", "documentation-generation:mermaid-expert"),
            ("Build an async service with FastAPI and Pydantic", "python-development:fastapi-pro"),
            ("Add strict TypeScript types to the client", "javascript-typescript:typescript-pro"),
            ("Add a REST endpoint for invoices", "backend-development:backend-architect"),
            ("Build a GraphQL resolver", "backend-development:graphql-architect"),
            ("Build the React settings page", "frontend-mobile-development:frontend-developer"),
            ("Build the React Native app for Android", "frontend-mobile-development:mobile-developer"),
            ("Deploy to staging", "deployment-strategies:deployment-engineer"),
            ("Deploy the chart to the Kubernetes cluster with Helm", "cicd-automation:kubernetes-architect"),
            ("Write Terraform modules for AWS", "deployment-strategies:terraform-specialist"),
            ("Improve response time, the page is slow", "observability-monitoring:performance-engineer"),
            ("Optimize slow SQL queries with an index", "observability-monitoring:database-optimizer"),
            ("Design the database schema for orders", "database-design:database-architect"),
            ("Security audit of the upload path", "full-stack-orchestration:security-auditor"),
            ("Add OAuth authentication and input validation", "data-validation-suite:backend-security-coder"),
            ("Build RAG with embeddings for the help pages", "llm-application-dev:ai-engineer"),
            ("Refactor the legacy importer", "code-refactoring:legacy-modernizer"),
            ("Research queue libraries and compare their costs", "research-skill"),
            ("Plan the next milestone", "planning-prompts-skill"),
            ("Connect HubSpot contacts to the CRM", "crm-integration-skill"),
            ("Speed up slow database queries", "observability-monitoring:database-optimizer"),
            ("Resolve the merge conflict", "git-pr-workflows:code-reviewer"),
            ("Review the architecture of the microservices", "comprehensive-review:architect-review"),
            ("Set up monitoring with Prometheus", "observability-monitoring:observability-engineer"),
            ("Deploy the model on a RunPod GPU", "runpod-deployment-skill"),
        ]
        .into_iter()
        .filter_map(|(task, agent)| {
            let found = best(task, &[]);
            (found.as_deref() != Some(agent)).then_some((task, agent, found))
        })
        .collect();
        assert_eq!(wrong, vec![]);
    }

    #[test]
    fn parts_of_words_reach_nobody() {
        for task in
            ["Show the latest numbers", "Rapid capital growth", "Terror in the third chapter", "Buy milk", "", "🎉"]
        {
            let route = route(task, &[], &ROWS);
            assert!(!route.confident, "{task}: {route:?}");
            let agents: Vec<&str> = route.candidates.iter().map(|candidate| candidate.agent.as_str()).collect();
            assert_eq!(agents, vec!["general-purpose"], "{task}");
        }
    }

    #[test]
    fn a_kind_of_work_without_a_word_or_file_of_any_agent_is_no_good_match() {
        let route = route("Add something nice", &[], &ROWS);
        assert_eq!((route.task_type, route.confident), (Some(TaskType::Implementation), false));
        let agents: Vec<&str> = route.candidates.iter().map(|candidate| candidate.agent.as_str()).collect();
        assert_eq!(agents, vec!["general-purpose"]);
    }

    #[test]
    fn files_give_ten_points_and_settle_what_words_leave_open() {
        let plain = best("Add a filter", &[]);
        let with_file = best("Add a filter", &["src/components/List.tsx"]);
        assert_eq!((plain, with_file.as_deref()), (None, Some("frontend-mobile-development:frontend-developer")));
        let route = route("Add a filter", &["src/components/List.tsx"], &ROWS);
        let first = route.candidates.first().expect("a candidate");
        assert_eq!(first.parts, Parts { keywords: 0, task_type: 30, performance: 0, context: 10 });
        assert_eq!(
            first.reasons,
            vec!["+30 made for implementation", "+10 knows src/components/List.tsx", "+0 past runs: none recorded"]
        );
    }

    #[test]
    fn keywords_stop_at_forty_and_each_counts_once() {
        let task = "pytest pytest jest vitest mock coverage e2e fixture test tests testing";
        let route = route(task, &[], &ROWS);
        let first = route.candidates.first().expect("a candidate");
        assert_eq!((first.agent.as_str(), first.parts.keywords, first.score), ("unit-testing:test-automator", 40, 70));
        let once = super::route("pytest pytest pytest", &[], &ROWS);
        assert_eq!(once.candidates.first().map(|first| first.parts.keywords), Some(10));
    }

    #[test]
    fn agents_are_found_by_id_alias_and_slash_command() {
        let router = Router::new(&ROWS);
        for (name, id) in [
            ("/research-skill", Some("research-skill")),
            ("Planning-Prompts", Some("planning-prompts-skill")),
            ("database-design:schema-design", Some("database-design:database-architect")),
            ("security-auditor", Some("full-stack-orchestration:security-auditor")),
            ("nobody", None),
            ("", None),
        ] {
            assert_eq!(router.find(name).map(|row| row.id.as_str()), id, "{name}");
        }
    }

    #[test]
    fn an_id_that_the_catalogue_does_not_have_is_never_answered() {
        let router = Router::new(&ROWS);
        for task in ["Design the database schema", "Review it", "Deploy it", "Test it", "Fix it", "Write docs", "xyz"] {
            assert!(router.route(task, &[]).candidates.iter().all(|one| router.find(&one.agent).is_some()), "{task}");
        }
        assert_eq!(route("Fix the error", &[], &[]).candidates, vec![]);
    }

    #[test]
    fn one_question_takes_far_less_than_a_millisecond() {
        let router = Router::new(&ROWS);
        let fastest = (0..200).map(|_| {
            let start = std::time::Instant::now();
            assert!(
                router.route("Fix the failing integration test of the payment API", &["tests/test_pay.py"]).confident
            );
            start.elapsed()
        });
        let fastest = fastest.min().unwrap_or_default();
        assert!(fastest.as_micros() < 1000, "{fastest:?}");
    }

    proptest! {
        #[test]
        fn any_task_gets_a_settled_answer_whose_parts_add_up(task in "(\\PC{0,30}|((fix|write|test|slow|api|review|deploy|latest|sql) ){0,12})", file in "\\PC{0,20}") {
            let answer = route(&task, &[&file], &ROWS);
            prop_assert_eq!(&answer, &route(&task, &[&file], &ROWS));
            prop_assert!(answer.candidates.len() <= MOST + 1);
            prop_assert!(answer.candidates.is_sorted_by_key(|one| Reverse(one.score)));
            for one in &answer.candidates {
                let told: u32 = one.reasons.iter().filter_map(|why| why.strip_prefix('+')?.split(' ').next()?.parse::<u32>().ok()).sum();
                prop_assert_eq!(told, u32::from(one.score));
                prop_assert!(one.score <= 100 && one.score == one.parts.sum());
            }
        }
    }
}
