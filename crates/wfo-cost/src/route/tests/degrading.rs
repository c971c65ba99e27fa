//! Cheaper models in place of dearer ones, and agents that are started with them.

use super::*;

fn step<'a>(model: &'a str, task: Option<&'a str>, left: Option<u8>) -> Step<'a> {
    Step { model, task, left: left.map(Left::percent), local: false, installed_local: &[] }
}

fn down(book: &Book, step: &Step<'_>) -> Option<String> {
    advised(book, |advisor| advisor.degrade(step).unwrap().model)
}

/// Prices that fall along every path, as they did when the tables were made.
fn falling() -> Book {
    let cents = [
        ("claude-fable-5-2", 950),
        ("claude-opus-5-5", 900),
        ("claude-sonnet-5-5", 700),
        ("gpt-6.1-sol", 650),
        ("gpt-6-luna", 550),
        ("claude-haiku-5-5", 500),
        ("deepseek-flash", 300),
        ("groq/gpt-oss-120b", 200),
        ("groq/gpt-oss-20b", 100),
    ];
    cents.into_iter().fold(Book::real(), |book, (id, cents)| {
        book.with(id, |row| {
            let price = Some(Usd::from_cents(cents).scaled(1, 10));
            (row.input_per_m, row.output_per_m, row.cache_read_per_m, row.cache_write_per_m) =
                (price, price, price, price);
        })
    })
}

#[test]
fn every_path_of_the_source_is_gone_down_by_what_is_left() {
    let local = names(&["llama3", "mistral"]);
    for (model, steps) in [
        ("claude-fable-5-2", ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "ollama-llama3"]),
        ("claude-3-opus", ["claude-sonnet-5-5", "claude-haiku-5-5", "deepseek-flash", "ollama-llama3"]),
        ("claude-3.5-sonnet", ["claude-haiku-5-5", "deepseek-flash", "groq/gpt-oss-120b", "ollama-llama3"]),
        ("claude-haiku-5-5", ["deepseek-flash", "groq/gpt-oss-120b", "groq/gpt-oss-20b", "ollama-llama3"]),
        ("gpt-6.1-sol", ["gpt-6-luna", "deepseek-flash", "groq/gpt-oss-120b", "ollama-mistral"]),
    ] {
        let book = falling();
        for (left, expected) in [
            (100, None),
            (51, None),
            (50, Some(steps[0])),
            (31, Some(steps[0])),
            (30, Some(steps[1])),
            (16, Some(steps[1])),
            (15, Some(steps[2])),
            (6, Some(steps[2])),
            (5, Some(steps[3])),
            (0, Some(steps[3])),
        ] {
            let asked = Step { installed_local: &local, ..step(model, None, Some(left)) };
            assert_eq!(down(&book, &asked).as_deref(), expected, "{model} {left}");
        }
    }
}

#[test]
fn a_step_that_costs_as_much_or_more_today_is_passed_over() {
    // error 19: deepseek-flash is dearer than haiku for single requests, and gpt-oss-120b is for cached ones
    for (model, task, left, expected) in [
        ("claude-haiku-5-5", Some("chat"), 50, Some("groq/gpt-oss-20b")),
        ("claude-haiku-5-5", Some("chat"), 10, Some("groq/gpt-oss-20b")),
        ("claude-haiku-5-5", None, 10, Some("deepseek-flash")),
        ("claude-sonnet-5-5", None, 10, Some("deepseek-flash")),
        ("claude-sonnet-5-5", Some("chat"), 10, Some("claude-haiku-5-5")),
        ("voyage-4", Some("embeddings"), 40, Some("jina-embeddings-v3")),
        ("voyage-4", None, 0, Some("jina-embeddings-v3")),
        ("jina-embeddings-v3", None, 0, None),
        ("groq/gpt-oss-20b", Some("chat"), 10, None),
    ] {
        assert_eq!(down(&Book::real(), &step(model, task, Some(left))).as_deref(), expected, "{model} {task:?} {left}");
    }
    let equal = Book::real().with("claude-haiku-5-5", |row| {
        (row.input_per_m, row.output_per_m) = (Some(Usd::from_cents(15)), Some(Usd::from_cents(60)));
    });
    assert_eq!(down(&equal, &step("claude-haiku-5-5", Some("chat"), Some(50))).as_deref(), Some("groq/gpt-oss-20b"));
}

#[test]
fn code_is_never_stepped_down_to_a_model_that_is_unfit_for_it() {
    let book = falling();
    assert_eq!(down(&book, &step("claude-haiku-5-5", Some("chat"), Some(10))).as_deref(), Some("groq/gpt-oss-20b"));
    assert_eq!(down(&book, &step("claude-haiku-5-5", Some("code"), Some(10))).as_deref(), Some("groq/gpt-oss-120b"));
    let installed = names(&["llama3"]);
    let code = Step { installed_local: &installed, ..step("claude-sonnet-5-5", Some("code"), Some(0)) };
    assert_eq!(down(&book, &code).as_deref(), Some("groq/gpt-oss-120b"));
    let installed = names(&["llama3", "codellama"]);
    let code = Step { installed_local: &installed, ..code };
    assert_eq!(down(&book, &code).as_deref(), Some("ollama-codellama"));
}

#[test]
fn nothing_cheaper_an_unknown_price_and_enough_money_are_said_in_words() {
    advised(&Book::real(), |advisor| {
        let of = |model, left| advisor.degrade(&step(model, None, left)).unwrap();
        let enough = of("opus", Some(80));
        assert_eq!((enough.from.as_str(), enough.model), ("claude-opus-5-5", None));
        assert!(enough.reason.contains("80.0 %") && !enough.alternatives.is_empty(), "{}", enough.reason);
        assert_eq!(of("ollama-llama3", Some(0)).reason, "it runs on the own machine and costs nothing");
        assert_eq!(of("voyage-4-lite", Some(0)).reason, "nothing of its kind that is fit costs less");
        let unknown = of("opus", None);
        assert_eq!(unknown.model.as_deref(), Some("claude-sonnet-5-5"));
        assert!(unknown.reason.starts_with("what is left of the budget is unknown"), "{}", unknown.reason);
        let emergency = of("opus", Some(0));
        assert!(emergency.warning.unwrap().contains("costs money"));
    });
    let unpriced = Book::real().with("claude-opus-5-5", |row| row.input_per_m = None);
    let found = advised(&unpriced, |advisor| advisor.degrade(&step("opus", None, Some(10))).unwrap());
    assert_eq!((found.model, found.alternatives.len()), (None, 0));
    assert!(found.reason.contains("not known"), "{}", found.reason);
}

#[test]
fn a_model_that_nobody_lists_is_unknown_and_not_priced_by_a_guess() {
    advised(&Book::real(), |advisor| {
        for model in ["claude-opus-99", "gpt", "", "\u{1b}[31mopus", &"x".repeat(1_000_000)] {
            let problem = advisor.degrade(&step(model, None, Some(10))).unwrap_err();
            assert_eq!(problem.code, codes::MODEL_UNKNOWN);
            assert!(problem.message.chars().count() < 300 && !problem.message.contains('\u{1b}'));
        }
        assert_eq!(advisor.degrade(&step("opus", Some("nonsense"), None)).unwrap_err().code, codes::USAGE);
    });
}

#[test]
fn a_model_without_a_path_goes_down_the_list_of_its_provider_and_a_gone_one_the_path_of_its_heir() {
    let of = |model, left| down(&Book::real(), &step(model, None, Some(left)));
    let first = of("gpt-5.5", 50).unwrap();
    let last = of("gpt-5.5", 0).unwrap();
    let book = Book::real();
    assert!([&first, &last].iter().all(|id| book.get(id).unwrap().provider == "openai"), "{first} {last}");
    assert_ne!(first, last);
    assert_eq!(of("claude-opus-4-8", 50).as_deref(), Some("claude-sonnet-5-5"));
    let found = advised(&book, |advisor| advisor.degrade(&step("claude-3-opus", None, Some(50))).unwrap());
    assert!(found.alternatives.iter().any(|other| other.model == "claude-opus-5-5"), "{:?}", found.alternatives);
}

#[test]
fn a_local_model_is_taken_when_it_is_asked_for() {
    let installed = names(&["llama3"]);
    let asked = Step { local: true, installed_local: &installed, ..step("sonnet", None, Some(90)) };
    assert_eq!(down(&Book::real(), &asked).as_deref(), Some("ollama-llama3"));
    let missing = Step { installed_local: &[], ..asked };
    let found = advised(&Book::real(), |advisor| advisor.degrade(&missing).unwrap());
    assert_eq!(found.model.as_deref(), Some("ollama-llama3"));
    assert!(found.warning.is_some());
}

#[test]
fn an_agent_is_started_with_a_cheaper_model_when_the_budget_runs_low() {
    advised(&Book::real(), |advisor| {
        let to = |model: &str, left: Option<u8>| advisor.switch(model, left.map(Left::percent)).map(|switch| switch.to);
        for (model, left, expected) in [
            ("opus", 100, None),
            // saving begins at 80 percent used
            ("opus", 21, None),
            ("opus", 20, Some("haiku")),
            ("opus", 5, Some("haiku")),
            ("fable", 20, Some("sonnet")),
            ("fable", 10, Some("haiku")),
            ("fable", 0, Some("haiku")),
            ("sonnet", 20, Some("haiku")),
            (" Sonnet ", 20, Some("haiku")),
            ("claude-sonnet-5-5", 20, Some("claude-haiku-5-5")),
            ("claude-opus-4-8", 18, Some("claude-haiku-5-5")),
            // nothing that the host can start is cheaper
            ("haiku", 0, None),
            ("claude-haiku-5-5", 0, None),
            ("inherit", 0, None),
            ("", 0, None),
            ("voyage-4", 0, None),
        ] {
            assert_eq!(to(model, Some(left)).as_deref(), expected, "{model} {left}");
        }
        assert_eq!(to("opus", None), None, "an unknown budget switches nothing");
    });
}

#[test]
fn nothing_is_switched_when_switching_is_off() {
    let book = Book::real();
    let controls = Controls { auto_switch_models: false, ..Controls::default() };
    let advisor = Advisor { tables: tables(), models: &book, controls: &controls };
    assert_eq!(advisor.switch("opus", Some(Left::NOTHING)), None);
}

#[test]
fn a_lower_emergency_threshold_moves_routing_degrading_and_switching_together() {
    let book = falling();
    let controls = Controls { emergency: crate::budget::Share::parse("0.5").unwrap(), ..Controls::default() };
    let advisor = Advisor { tables: tables(), models: &book, controls: &controls };
    let installed = names(&["llama3"]);
    let left = Some(Left::percent(45));
    let ask = Ask { left, installed_local: &installed, ..Ask::usual("chat") };
    assert_eq!(advisor.route(&ask).unwrap().model, "ollama-llama3");
    let asked = Step { installed_local: &installed, ..step("opus", None, Some(45)) };
    assert_eq!(advisor.degrade(&asked).unwrap().model.as_deref(), Some("ollama-llama3"));
    assert_eq!(advisor.switch("opus", left).unwrap().to, "haiku");
}

proptest! {
    #[test]
    fn a_step_down_is_always_strictly_cheaper_of_the_same_kind_and_to_be_had(
        model in 0usize..89, task in prop::option::of(0usize..3), left in prop::option::of(0u8..=100),
        prices in prop::collection::vec((0i64..2_000, 0i64..2_000, 0i64..200), 89), gone in prop::collection::vec(0usize..89, 0..40),
    ) {
        let mut book = Book::real();
        for (row, (input, output, read)) in book.0.iter_mut().zip(prices) {
            let price = |cents| Some(Usd::from_cents(cents));
            (row.input_per_m, row.output_per_m, row.cache_read_per_m, row.cache_write_per_m) = (price(input), price(output), price(read), None);
        }
        for at in gone {
            book.0[at].status = Status::Retired;
        }
        let facts = book.0[model].clone();
        let task = task.map(|at| ["chat", "code", "bulk"][at]).filter(|_| facts.kind == ModelKind::Chat);
        let (found, mix) = advised(&book, |advisor| {
            let mix = match (task, facts.kind) {
                (Some("chat" | "bulk"), _) => "plain",
                (_, ModelKind::Chat) => "agent",
                (_, ModelKind::Embedding) => "embedding",
            };
            (advisor.degrade(&step(&facts.id, task, left)).unwrap(), advisor.mix(mix).unwrap().clone())
        });
        let mut before = facts.blended(&mix).unwrap();
        for other in &found.alternatives {
            let other = book.get(&other.model).unwrap();
            let price = other.blended(&mix).unwrap();
            prop_assert!(price < before && other.kind == facts.kind && other.status == Status::Current);
            before = price;
        }
        if let Some(model) = &found.model {
            let other = book.get(model).unwrap();
            prop_assert!(other.blended(&mix) < facts.blended(&mix) && other.kind == facts.kind);
            prop_assert_eq!(other.status, Status::Current);
            prop_assert!(task != Some("code") || other.id != "groq/gpt-oss-20b");
        }
    }
}
