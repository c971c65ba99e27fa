//! Which model for which task.

use super::*;

fn pick(ask: &Ask<'_>) -> String {
    advised(&Book::real(), |advisor| advisor.route(ask).unwrap().model)
}

/// An ask with complexity, quality, urgency and percent left.
fn ask<'a>(task: &'a str, complexity: &str, quality: &str, urgency: &str, left: Option<u8>) -> Ask<'a> {
    Ask {
        complexity: Grade::parse(complexity).unwrap(),
        quality: Quality::parse(quality).unwrap(),
        urgency: Urgency::parse(urgency).unwrap(),
        left: left.map(Left::percent),
        ..Ask::usual(task)
    }
}

#[test]
fn every_rule_of_the_router_holds() {
    for (task, complexity, quality, urgency, left, model) in [
        ("complex_reasoning", "low", "critical", "normal", 90, "claude-sonnet-5-5"),
        ("reasoning", "high", "low", "normal", 90, "claude-sonnet-5-5"),
        ("reasoning", "medium", "high", "normal", 90, "claude-haiku-5-5"),
        ("reasoning", "medium", "high", "normal", 21, "claude-haiku-5-5"),
        ("reasoning", "medium", "high", "normal", 20, "deepseek-flash"),
        ("code_generation", "high", "low", "normal", 90, "claude-sonnet-5-5"),
        ("code", "low", "critical", "normal", 90, "claude-sonnet-5-5"),
        ("code", "medium", "high", "normal", 90, "deepseek-v4-pro"),
        ("code", "low", "high", "normal", 90, "claude-haiku-5-5"),
        ("bulk_processing", "medium", "high", "high", 90, "groq/gpt-oss-20b"),
        ("bulk", "medium", "high", "normal", 90, "deepseek-flash"),
        ("embeddings", "medium", "high", "normal", 90, "voyage-4"),
        ("embeddings", "medium", "low", "normal", 90, "jina-embeddings-v3"),
    ] {
        assert_eq!(
            pick(&ask(task, complexity, quality, urgency, Some(left))),
            model,
            "{task} {complexity} {quality} {left}"
        );
    }
    let local = Ask { local: true, ..ask("code", "low", "high", "normal", Some(90)) };
    assert_eq!(pick(&local), "ollama-codellama");
}

#[test]
fn chat_summary_extraction_and_analysis_follow_the_matrix_of_quality_and_budget() {
    for (quality, low, medium, high) in [
        ("critical", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"),
        // where the table's thriftier model costs more today, the better one that costs less is taken
        ("high", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-5-5"),
        ("medium", "claude-haiku-5-5", "claude-haiku-5-5", "claude-haiku-5-5"),
        ("low", "deepseek-flash", "groq/gpt-oss-20b", "groq/gpt-oss-20b"),
    ] {
        for task in ["chat_conversation", "summarization", "data_extraction", "analysis"] {
            for (left, model) in [(51, low), (50, medium), (16, medium), (15, high), (6, high)] {
                assert_eq!(pick(&ask(task, "medium", quality, "normal", Some(left))), model, "{task} {quality} {left}");
            }
        }
    }
}

#[test]
fn every_cell_of_the_matrix_is_taken_where_the_better_one_costs_more() {
    let controls = Controls::default();
    // prices that fall along every row, as they did when the table was made
    let dollars = |cents| Some(Usd::from_cents(cents));
    let cents = [
        ("claude-opus-5-5", 900),
        ("claude-sonnet-5-5", 700),
        ("claude-haiku-5-5", 500),
        ("deepseek-flash", 300),
        ("groq/gpt-oss-120b", 200),
        ("groq/gpt-oss-20b", 100),
    ];
    let book = cents.into_iter().fold(Book::real(), |book, (id, cents)| {
        book.with(id, |row| (row.input_per_m, row.output_per_m) = (dollars(cents), dollars(cents)))
    });
    let advisor = Advisor { tables: tables(), models: &book, controls: &controls };
    for (quality, models) in [
        ("critical", ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"]),
        ("high", ["claude-sonnet-5-5", "claude-haiku-5-5", "deepseek-flash"]),
        ("medium", ["claude-haiku-5-5", "deepseek-flash", "groq/gpt-oss-120b"]),
        ("low", ["deepseek-flash", "groq/gpt-oss-20b", "groq/gpt-oss-20b"]),
    ] {
        for (left, model) in [60, 40, 10].into_iter().zip(models) {
            let found = advisor.route(&ask("chat", "medium", quality, "normal", Some(left))).unwrap();
            assert_eq!(found.model, model, "{quality} {left}");
        }
    }
    let local = Ask { local: true, ..ask("chat", "medium", "low", "normal", Some(10)) };
    assert_eq!(advisor.route(&local).unwrap().model, "ollama-llama3");
}

#[test]
fn every_leaf_of_the_decision_tree_holds() {
    for (leaf, model) in [
        ("reasoning/complex", "claude-sonnet-5-5"),
        ("reasoning/simple", "deepseek-flash"),
        ("reasoning/local", "ollama-llama3"),
        ("generation/code", "claude-sonnet-5-5"),
        ("generation/content", "deepseek-flash"),
        ("generation/test", "qwen-72b"),
        ("embeddings/semantic", "voyage-4"),
        ("embeddings/basic", "jina-embeddings-v3"),
        ("embeddings/local", "nomic-embed-text"),
        ("analysis/financial", "deepseek-flash"),
        ("analysis/technical", "claude-sonnet-5-5"),
        ("analysis/summary", "qwen-72b"),
        ("content_generation", "deepseek-flash"),
        ("Test Generation", "qwen-72b"),
        ("semantic-embeddings", "voyage-4"),
        ("financial_analysis", "deepseek-flash"),
    ] {
        assert_eq!(pick(&Ask { left: Some(Left::ALL), ..Ask::usual(leaf) }), model, "{leaf}");
    }
}

#[test]
fn every_use_case_names_its_first_choice_fallback_and_model_for_developing() {
    let installed = names(&["llama3:latest", "codellama:7b"]);
    advised(&Book::real(), |advisor| {
        for (case, primary, fallback, development) in [
            ("customer_facing", "claude-sonnet-5-5", "gpt-6.1-sol", None),
            ("internal_tools", "deepseek-flash", "qwen-72b", Some("ollama-local")),
            ("batch_processing", "deepseek-flash", "qwen-72b", Some("groq/gpt-oss-20b")),
            ("embeddings", "voyage-4", "jina-embeddings-v3", Some("nomic-embed-text")),
            ("development", "ollama-local", "deepseek-flash", None),
        ] {
            let row = advisor.use_case(case).unwrap();
            let found = (row.primary.as_str(), row.fallback.as_str(), row.development.as_deref());
            assert_eq!(found, (primary, fallback, development), "{case}");
            let route = advisor.route(&Ask::usual(case)).unwrap();
            let expected = if primary == "ollama-local" { fallback } else { primary };
            assert_eq!(route.model, expected, "{case}");
            if expected == primary {
                assert_eq!(route.alternatives.iter().filter(|other| other.model == fallback).count(), 1, "{case}");
            }
        }
        let local = Ask { local: true, installed_local: &installed, ..Ask::usual("development") };
        assert_eq!(advisor.route(&local).unwrap().model, "ollama-codellama");
    });
}

#[test]
fn in_an_emergency_the_local_model_of_the_task_is_offered_where_it_is_installed() {
    let all = names(&["llama3:8b", "ollama/codellama", "mistral", "nomic-embed-text:latest"]);
    for (task, model) in [
        ("complex_reasoning", "ollama-llama3"),
        ("code_generation", "ollama-codellama"),
        ("bulk_processing", "ollama-mistral"),
        ("chat_conversation", "ollama-llama3"),
        ("summarization", "ollama-mistral"),
        ("data_extraction", "ollama-mistral"),
        ("analysis", "ollama-mistral"),
        ("embeddings", "nomic-embed-text"),
    ] {
        let wish = Ask { installed_local: &all, ..ask(task, "high", "critical", "normal", Some(5)) };
        advised(&Book::real(), |advisor| {
            let found = advisor.route(&wish).unwrap();
            assert_eq!(
                (found.model.as_str(), found.warning, found.usd_per_m_blended),
                (model, None, Some(Usd::ZERO)),
                "{task}"
            );
            assert!(
                !advisor.route(&Ask { left: Some(Left::percent(6)), ..wish }).unwrap().model.starts_with("ollama"),
                "{task}"
            );
        });
    }
}

#[test]
fn in_an_emergency_without_a_local_model_the_cheapest_paid_one_is_taken_with_a_warning() {
    for (task, model) in [
        ("chat", "groq/gpt-oss-20b"),
        ("bulk", "groq/gpt-oss-20b"),
        ("code", "deepseek-flash"),
        ("reasoning", "deepseek-flash"),
        ("embeddings", "jina-embeddings-v3"),
    ] {
        advised(&Book::real(), |advisor| {
            let found = advisor.route(&ask(task, "high", "critical", "normal", Some(0))).unwrap();
            assert_eq!(found.model, model, "{task}");
            assert!(found.warning.unwrap().contains("costs money"));
            assert!(found.alternatives.iter().all(|other| other.usd_per_m_blended > found.usd_per_m_blended));
        });
    }
}

#[test]
fn another_installed_model_stands_in_but_never_one_that_is_unfit_or_of_the_other_kind() {
    let of = |task: &'static str, installed: &[&str]| {
        let installed = names(installed);
        pick(&Ask { installed_local: &installed, ..ask(task, "medium", "high", "normal", Some(0)) })
    };
    assert_eq!(of("code", &["qwen3-coder:30b"]), "ollama/qwen3-coder");
    assert_eq!(of("code", &["llama3"]), "deepseek-flash");
    assert_eq!(of("chat", &["nomic-embed-text"]), "groq/gpt-oss-20b");
    assert_eq!(of("embeddings", &["llama3"]), "jina-embeddings-v3");
    assert_eq!(of("embeddings", &["mxbai-embed-large"]), "ollama/mxbai-embed-large");
}

#[test]
fn a_local_model_is_never_chosen_or_named_unless_it_was_asked_for() {
    let installed = names(&["llama3", "codellama", "mistral", "nomic-embed-text"]);
    for task in ["reasoning", "code", "bulk", "chat", "summary", "extraction", "embeddings", "analysis", "development"]
    {
        for complexity in ["low", "medium", "high"] {
            for quality in ["low", "medium", "high", "critical"] {
                let wish = Ask { installed_local: &installed, ..ask(task, complexity, quality, "normal", Some(10)) };
                let (found, asked) = advised(&Book::real(), |advisor| {
                    (advisor.route(&wish).unwrap(), advisor.route(&Ask { local: true, ..wish }).unwrap())
                });
                let all = std::iter::once(&found.model).chain(found.alternatives.iter().map(|other| &other.model));
                assert_eq!(all.filter(|model| Book::real().get(model).unwrap().is_local()).count(), 0, "{task}");
                assert!(Book::real().get(&asked.model).unwrap().is_local(), "{task}");
            }
        }
    }
}

#[test]
fn a_local_model_that_is_not_installed_is_named_with_a_warning() {
    let found = advised(&Book::real(), |advisor| advisor.route(&Ask { local: true, ..Ask::usual("chat") }).unwrap());
    assert_eq!(found.model, "ollama-llama3");
    assert!(found.warning.unwrap().contains("not among the installed models"));
}

#[test]
fn an_unknown_task_is_answered_with_the_nearest_words_and_shows_no_control_characters() {
    advised(&Book::real(), |advisor| {
        for (word, near) in [
            ("resoning", "`reasoning`"),
            ("summry", "`summary`"),
            ("customer-faceing", "`customer-facing`"),
            ("", "`bulk`"),
        ] {
            let problem = advisor.route(&Ask::usual(word)).unwrap_err();
            assert_eq!(problem.code, codes::USAGE, "{word}");
            assert!(problem.hint.as_deref().unwrap().contains(near), "{word}: {:?}", problem.hint);
        }
        let problem = advisor.route(&Ask::usual("\u{1b}[31m`x`\u{202e}")).unwrap_err();
        assert!(
            !problem.message.chars().any(|letter| letter.is_control() || letter == '\u{202e}'),
            "{}",
            problem.message
        );
    });
}

#[test]
fn the_answer_says_how_to_send_and_how_long_to_keep() {
    let of = |task: &'static str, urgency: &str, volume: Option<u64>| {
        let wish = Ask { volume, ..ask(task, "medium", "high", urgency, Some(90)) };
        let found = advised(&Book::real(), |advisor| advisor.route(&wish).unwrap());
        (found.processing.unwrap().mode, found.cache.unwrap())
    };
    assert_eq!(of("chat", "normal", Some(9_999)), ("streaming".to_owned(), Lifetime::Days(7)));
    assert_eq!(of("bulk", "normal", Some(1_001)), ("batch".to_owned(), Lifetime::Days(7)));
    assert_eq!(of("bulk", "high", Some(1_001)), ("streaming".to_owned(), Lifetime::Days(7)));
    assert_eq!(of("embeddings", "normal", None), ("standard".to_owned(), Lifetime::Days(30)));
    assert_eq!(of("web_search", "normal", None), ("standard".to_owned(), Lifetime::Days(1)));
    assert_eq!(of("static_analysis", "normal", None), ("standard".to_owned(), Lifetime::ForEver));
}

#[test]
fn an_unknown_budget_is_said_and_not_taken_for_a_full_or_empty_one() {
    let found = advised(&Book::real(), |advisor| advisor.route(&Ask::usual("chat")).unwrap());
    assert_eq!((found.model.as_str(), found.warning), ("claude-haiku-5-5", None));
    assert!(found.reason.contains("unknown"), "{}", found.reason);
}

#[test]
fn a_model_that_is_gone_is_passed_over_and_without_any_the_answer_is_a_problem() {
    let gone = |book: Book, id: &str| book.with(id, |row| row.status = Status::Retired);
    let hard = ask("reasoning", "high", "high", "normal", Some(90));
    let book = gone(Book::real(), "claude-sonnet-5-5");
    assert_eq!(advised(&book, |advisor| advisor.route(&hard).unwrap().model), "claude-haiku-5-5");
    let book = Book::real().without("claude-sonnet-5-5");
    assert_eq!(advised(&book, |advisor| advisor.route(&hard).unwrap().model), "claude-haiku-5-5");
    let problem = advised(&Book::empty(), |advisor| advisor.route(&hard).unwrap_err());
    assert_eq!(problem.code, codes::MODEL_UNKNOWN);
}

proptest! {
    #[test]
    fn what_is_suggested_can_be_had_and_stands_once(
        task in 0usize..22, complexity in 0usize..3, quality in 0usize..4, urgent: bool, left in prop::option::of(0u8..=100),
        local: bool, gone in prop::collection::vec(0usize..89, 0..60),
    ) {
        let mut book = Book::real();
        for at in gone {
            book.0[at].status = Status::Retired;
        }
        let task = tables().tasks[task].id.clone();
        let wish = Ask {
            complexity: Grade::ALL[complexity],
            quality: Quality::ALL[quality],
            urgency: if urgent { Urgency::High } else { Urgency::Normal },
            left: left.map(Left::percent),
            local,
            ..Ask::usual(&task)
        };
        let kind: ModelKind = tables().tasks.iter().find(|row| row.id == task).unwrap().kind;
        let found = advised(&book, |advisor| advisor.route(&wish));
        if let Ok(found) = found {
            let mut all: Vec<&str> = std::iter::once(&found.model).chain(found.alternatives.iter().map(|other| &other.model)).map(String::as_str).collect();
            for model in &all {
                let facts = book.get(model).unwrap();
                prop_assert!(matches!(facts.status, Status::Current | Status::Local) && facts.kind == kind, "{}", model);
            }
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(all.len(), count);
        }
    }
}
