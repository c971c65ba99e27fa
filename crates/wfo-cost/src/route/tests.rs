//! Every row of the source's tables in present names, and what must hold whatever the prices are.

use std::sync::LazyLock;

use super::tables::*;
use super::*;
use proptest::prelude::*;
use wfo_base::{codes, tables as base};

mod book;
mod degrading;
mod routing;

use book::Book;

/// Reads a table of the repository and demands that it has no fault.
macro_rules! rows {
    ($name:literal) => {{
        let text = include_str!(concat!("../../../../reference/data/", $name, ".yaml"));
        let parsed = base::parse($name, text);
        assert_eq!(parsed.notes, vec![]);
        parsed.value.into_iter().map(|(row, _)| row).collect()
    }};
}

fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
        tasks: rows!("model-tasks"),
        routes: rows!("model-routes"),
        matrix: rows!("model-matrix"),
        uses: rows!("model-uses"),
        ladder: rows!("model-ladder"),
        paths: rows!("model-paths"),
        names: rows!("model-names"),
        mixes: rows!("model-mixes"),
        processing: rows!("processing"),
        lifetimes: rows!("cache-lifetimes"),
    });
    &TABLES
}

/// Asks an advisor over a book.
fn advised<T>(book: &Book, ask: impl FnOnce(&Advisor<'_>) -> T) -> T {
    let controls = Controls::default();
    ask(&Advisor { tables: tables(), models: book, controls: &controls })
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_model_that_the_tables_name_can_be_had_and_is_of_the_kind() {
    let (tables, book) = (tables(), Book::real());
    let kind = |task: &str| -> ModelKind { tables.tasks.iter().find(|row| row.id == task).unwrap().kind.into() };
    let mut named: Vec<(&str, ModelKind)> = Vec::new();
    for row in &tables.tasks {
        assert!(
            tables.mixes.iter().any(|mix| mix.id == row.mix) && tables.lifetime(&row.cache).is_some(),
            "{}",
            row.id
        );
        assert_eq!(kind(row.ruled_by()), row.kind.into(), "{}", row.id);
        assert!(tables.routes.iter().any(|rule| rule.task == row.ruled_by()), "{}", row.id);
        let models = [Some(&row.local), row.model.as_ref()].into_iter().flatten().chain(&row.unfit);
        named.extend(models.map(|model| (model.as_str(), ModelKind::from(row.kind))));
    }
    for row in &tables.routes {
        named.extend([&row.model, &row.paid].into_iter().flatten().map(|model| (model.as_str(), kind(&row.task))));
    }
    for row in &tables.matrix {
        named.extend(std::iter::once(&row.model).chain(&row.paid).map(|model| (model.as_str(), ModelKind::Chat)));
    }
    for row in &tables.uses {
        let models = [&row.primary, &row.fallback].into_iter().chain(&row.development);
        named.extend(models.map(|model| (model.as_str(), kind(&row.task))));
    }
    for row in &tables.paths {
        let own = book.get(&row.id).unwrap().kind;
        named.extend(std::iter::once(&row.id).chain(&row.steps).map(|model| (model.as_str(), own)));
    }
    for row in &tables.names {
        named.push((&row.model, book.get(&row.model).unwrap().kind));
    }
    for (model, kind) in named {
        let facts = book.get(model).unwrap_or_else(|| panic!("{model} has no price"));
        assert_eq!((facts.id.as_str(), facts.kind), (model, kind));
        assert!(matches!(facts.status, ModelStatus::Current | ModelStatus::Local), "{model} cannot be had");
    }
}

#[test]
fn no_word_stands_for_two_tasks() {
    let tables = tables();
    let mut words: Vec<String> = tables
        .tasks
        .iter()
        .flat_map(|row| std::iter::once(&row.id).chain(&row.aliases))
        .map(|word| word.replace('_', "-"))
        .collect();
    words.sort();
    words.dedup_by(|a, b| {
        // a spelling with `_` beside the one with `-` is the same word of the same task
        assert!(
            a != b
                || tables
                    .tasks
                    .iter()
                    .filter(|row| row.id.replace('_', "-") == *a
                        || row.aliases.iter().any(|alias| alias.replace('_', "-") == *a))
                    .count()
                    == 1,
            "{a}"
        );
        a == b
    });
}

#[test]
fn every_old_name_of_the_source_leads_to_a_model_that_can_be_had() {
    advised(&Book::real(), |advisor| {
        for (old, present) in [
            ("claude-3-opus", "claude-opus-5-5"),
            ("claude-3.5-sonnet", "claude-sonnet-5-5"),
            ("claude-3-haiku", "claude-haiku-5-5"),
            ("claude-sonnet", "claude-sonnet-5-5"),
            ("claude-opus", "claude-opus-5-5"),
            ("claude-haiku", "claude-haiku-5-5"),
            ("deepseek-chat", "deepseek-flash"),
            ("deepseek-coder", "deepseek-v4-pro"),
            ("deepseek-v3", "deepseek-flash"),
            ("llama-3.1-70b", "groq/gpt-oss-120b"),
            ("llama-3.1-8b", "groq/gpt-oss-20b"),
            ("mixtral-8x7b", "groq/gpt-oss-120b"),
            ("groq-mixtral", "groq/gpt-oss-120b"),
            ("groq-mixtral-8x7b", "groq/gpt-oss-120b"),
            ("groq-llama-3.1-8b", "groq/gpt-oss-20b"),
            ("groq-llama-70b", "groq/gpt-oss-120b"),
            ("groq-llama-8b", "groq/gpt-oss-20b"),
            ("gpt-4-turbo", "gpt-6.1-sol"),
            ("gpt-4", "gpt-6.1-sol"),
            ("gpt-3.5-turbo", "gpt-6-luna"),
            ("ollama", "ollama-local"),
            ("jina-v3", "jina-embeddings-v3"),
            ("nomic-embed", "nomic-embed-text"),
            ("voyage-3", "voyage-4"),
            ("voyage-embed", "voyage-4"),
        ] {
            let kind = advisor.models.get(present).unwrap().kind;
            assert_eq!(advisor.usable(old, kind).unwrap().id, present, "{old}");
        }
    });
}

#[test]
fn a_row_that_says_too_little_or_too_much_is_refused() {
    fn bad<R: base::Row>(row: &str) {
        let parsed = base::parse::<R>("t.yaml", &format!("rows:\n- {row}\n"));
        assert_eq!((parsed.value.len(), parsed.notes.len()), (0, 1), "{row}");
    }
    bad::<RouteRow>("{id: a, task: code, order: 1, why: x}");
    bad::<RouteRow>("{id: a, task: code, order: 1, model: m, matrix: true, why: x}");
    bad::<RouteRow>("{id: a, task: code, order: 1, model: m, left_above: \"0\", why: x}");
    bad::<RouteRow>("{id: a, task: code, order: 1, model: m, quality: [best], why: x}");
    bad::<MatrixRow>("{id: a, quality: low, sensitivity: low, model: m}");
    bad::<MixRow>("{id: a, input: 50, cache_write: 0, cache_read: 0, output: 49}");
    bad::<MixRow>("{id: a, input: 255, cache_write: 255, cache_read: 255, output: 255}");
    bad::<PathRow>("{id: a, steps: []}");
    bad::<PathRow>("{id: a, steps: [b, a]}");
    bad::<LadderRow>("{id: a, left_above: \"200\", step: 1, sensitivity: low}");
    bad::<ProcessingRow>("{id: a, group: 0, why: x}");
    bad::<TaskRow>("{id: a, kind: chat, mix: plain, cache: c, local: l, model: m}");
    bad::<NameRow>("{id: \"a b\", model: m}");
    bad::<NameRow>("{id: a, model: \"\", host: true}");
    bad::<TaskRow>("{id: a, kind: image, mix: plain, cache: c, local: l}");
}

#[test]
fn a_blended_price_is_exact_and_unknown_where_a_price_is_missing() {
    let (tables, book) = (tables(), Book::real());
    let of = |model: &str, mix: &str| {
        let mix = tables.mixes.iter().find(|row| row.id == mix).unwrap();
        book.get(model).unwrap().blended(mix).map(Usd::plain)
    };
    // error 20: five kinds of tokens, not one rate
    assert_eq!(of("claude-sonnet-5-5", "agent").as_deref(), Some("0.48"));
    assert_eq!(of("claude-sonnet-5-5", "plain").as_deref(), Some("4"));
    assert_eq!(of("claude-haiku-5-5", "agent").as_deref(), Some("0.0285"));
    assert_eq!(of("deepseek-flash", "agent").as_deref(), Some("0.0267"));
    // no price for the cache: as input
    assert_eq!(of("qwen-72b", "agent").as_deref(), Some("0.3608"));
    assert_eq!(of("voyage-4", "embedding").as_deref(), Some("0.06"));
    let unknown = Book::real().with("claude-sonnet-5-5", |row| row.output_per_m = None);
    let mix = &tables.mixes[0];
    assert_eq!(unknown.get("claude-sonnet-5-5").unwrap().blended(mix), None);
}

#[test]
fn requests_stream_when_somebody_waits_and_go_as_a_batch_above_a_thousand() {
    let tables = tables();
    for (waiting, volume, mode, group) in [
        (true, None, "streaming", None),
        (true, Some(5_000), "streaming", None),
        (false, None, "standard", Some(20)),
        (false, Some(1_000), "standard", Some(20)),
        (false, Some(1_001), "batch", Some(20)),
        (false, Some(u64::MAX), "batch", Some(20)),
    ] {
        let found = tables.processing(waiting, volume).unwrap();
        assert_eq!((found.mode.as_str(), found.group), (mode, group), "{waiting} {volume:?}");
    }
    assert_eq!(Tables::default().processing(true, None), None);
}

#[test]
fn answers_are_kept_for_thirty_seven_and_one_day_and_for_ever() {
    let tables = tables();
    for (kind, expected) in [
        ("embeddings", Some(Lifetime::Days(30))),
        ("model-answers", Some(Lifetime::Days(7))),
        ("llm_responses", Some(Lifetime::Days(7))),
        ("search_results", Some(Lifetime::Days(1))),
        ("static_analysis", Some(Lifetime::ForEver)),
        ("other", None),
    ] {
        assert_eq!(tables.lifetime(kind), expected, "{kind}");
    }
}

proptest! {
    #[test]
    fn groups_hold_at_most_twenty_of_one_key_and_lose_nobody(keys in prop::collection::vec(0u8..4, 0..150), size in 0usize..25) {
        let groups = processing::groups(&keys, size);
        let mut seen: Vec<usize> = groups.iter().flatten().copied().collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..keys.len()).collect::<Vec<_>>());
        for group in &groups {
            prop_assert!(!group.is_empty() && group.len() <= size.max(1));
            prop_assert!(group.iter().all(|at| keys[*at] == keys[group[0]]));
        }
        for key in 0..4 {
            let of_key = keys.iter().filter(|other| **other == key).count();
            let used = groups.iter().filter(|group| keys[group[0]] == key).count();
            prop_assert_eq!(used, of_key.div_ceil(size.max(1)));
        }
    }
}
