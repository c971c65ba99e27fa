//! A price table for tests: a copy of real rows, so that choices are those of real prices.

use wfo_base::Usd;

use crate::route::models::{ModelFacts, ModelKind, ModelStatus, Models};

/// Id, other names, provider, kind and status as one letter each, and prices: input, output, cache read, cache write.
type Row = (&'static str, &'static [&'static str], &'static str, &'static str, [Option<&'static str>; 4]);

const ROWS: &[Row] = &[
    ("claude-fable-5-2", &[], "anthropic", "cc", [Some("8"), Some("40"), Some("0.2"), Some("10")]),
    ("claude-fable-5-1", &[], "anthropic", "cl", [Some("10"), Some("50"), Some("0.25"), Some("12.5")]),
    ("claude-fable-5", &[], "anthropic", "cl", [Some("10"), Some("50"), Some("1"), Some("12.5")]),
    ("claude-mythos-5-1", &[], "anthropic", "cc", [Some("10"), Some("50"), Some("0.25"), Some("12.5")]),
    ("claude-opus-5-5", &[], "anthropic", "cc", [Some("4"), Some("20"), Some("0.2"), Some("5")]),
    ("claude-opus-5", &[], "anthropic", "cl", [Some("5"), Some("25"), Some("0.5"), Some("6.25")]),
    ("claude-sonnet-5-5", &[], "anthropic", "cc", [Some("2"), Some("10"), Some("0.1"), Some("2.5")]),
    ("claude-sonnet-5", &[], "anthropic", "cl", [Some("2"), Some("10"), Some("0.2"), Some("2.5")]),
    ("claude-haiku-5-5", &[], "anthropic", "cc", [Some("0.1"), Some("0.5"), Some("0.01"), Some("0.125")]),
    ("claude-opus-4-8", &[], "anthropic", "cl", [Some("5"), Some("25"), Some("0.5"), Some("6.25")]),
    ("claude-opus-4-7", &[], "anthropic", "cl", [Some("5"), Some("25"), Some("0.5"), Some("6.25")]),
    ("claude-opus-4-6", &[], "anthropic", "cl", [Some("5"), Some("25"), Some("0.5"), Some("6.25")]),
    (
        "claude-opus-4-5",
        &["claude-opus-4-5-20251101"],
        "anthropic",
        "cl",
        [Some("5"), Some("25"), Some("0.5"), Some("6.25")],
    ),
    ("claude-sonnet-4-6", &[], "anthropic", "cl", [Some("3"), Some("15"), Some("0.3"), Some("3.75")]),
    (
        "claude-sonnet-4-5",
        &["claude-sonnet-4-5-20250929"],
        "anthropic",
        "cl",
        [Some("3"), Some("15"), Some("0.3"), Some("3.75")],
    ),
    (
        "claude-haiku-4-5",
        &["claude-haiku-4-5-20251001"],
        "anthropic",
        "cl",
        [Some("1"), Some("5"), Some("0.1"), Some("1.25")],
    ),
    (
        "claude-opus-4-1",
        &["claude-opus-4-1-20250805"],
        "anthropic",
        "cr",
        [Some("15"), Some("75"), Some("1.5"), Some("18.75")],
    ),
    (
        "claude-opus-4",
        &["claude-opus-4-20250514"],
        "anthropic",
        "cr",
        [Some("15"), Some("75"), Some("1.5"), Some("18.75")],
    ),
    (
        "claude-sonnet-4",
        &["claude-sonnet-4-20250514"],
        "anthropic",
        "cr",
        [Some("3"), Some("15"), Some("0.3"), Some("3.75")],
    ),
    (
        "claude-3-7-sonnet",
        &["claude-3-7-sonnet-20250219"],
        "anthropic",
        "cr",
        [Some("3"), Some("15"), Some("0.3"), Some("3.75")],
    ),
    (
        "claude-3-5-sonnet",
        &["claude-3.5-sonnet", "claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20241022"],
        "anthropic",
        "cr",
        [Some("3"), Some("15"), Some("0.3"), Some("3.75")],
    ),
    (
        "claude-3-opus",
        &["claude-3-opus-20240229"],
        "anthropic",
        "cr",
        [Some("15"), Some("75"), Some("1.5"), Some("18.75")],
    ),
    (
        "claude-3-5-haiku",
        &["claude-3-5-haiku-20241022"],
        "anthropic",
        "cr",
        [Some("0.8"), Some("4"), Some("0.08"), Some("1")],
    ),
    (
        "claude-3-haiku",
        &["claude-3-haiku-20240307"],
        "anthropic",
        "cr",
        [Some("0.25"), Some("1.25"), Some("0.03"), Some("0.3")],
    ),
    (
        "deepseek-flash",
        &["deepseek-v4-flash", "deepseek-v4.1-flash"],
        "deepseek",
        "cc",
        [Some("0.15"), Some("0.6"), Some("0.003"), Some("0.15")],
    ),
    ("deepseek-v4-pro", &[], "deepseek", "cc", [Some("0.66"), Some("1.98"), Some("0.022"), Some("0.66")]),
    ("deepseek-chat", &[], "deepseek", "cr", [Some("0.28"), Some("0.42"), Some("0.028"), None]),
    ("deepseek-coder", &[], "deepseek", "cr", [Some("0.14"), Some("0.28"), Some("0.014"), None]),
    ("deepseek-v3", &[], "deepseek", "cr", [Some("0.27"), Some("1.1"), Some("0.07"), None]),
    ("deepseek-v3.2", &[], "deepseek", "cr", [Some("0.28"), Some("0.4"), Some("0.028"), None]),
    (
        "llama-3.1-70b",
        &["llama-3.1-70b-versatile", "groq-llama-70b"],
        "groq",
        "cr",
        [Some("0.59"), Some("0.79"), None, None],
    ),
    (
        "llama-3.1-8b",
        &["llama-3.1-8b-instant", "groq-llama-3.1-8b", "groq-llama-8b"],
        "groq",
        "cr",
        [Some("0.05"), Some("0.08"), None, None],
    ),
    ("llama-3.3-70b", &["llama-3.3-70b-versatile"], "groq", "cr", [Some("0.59"), Some("0.79"), None, None]),
    (
        "mixtral-8x7b",
        &["mixtral-8x7b-32768", "groq-mixtral", "groq-mixtral-8x7b"],
        "groq",
        "cr",
        [Some("0.24"), Some("0.24"), None, None],
    ),
    ("groq/gpt-oss-120b", &[], "groq", "cc", [Some("0.15"), Some("0.6"), Some("0.075"), None]),
    ("groq/gpt-oss-20b", &[], "groq", "cc", [Some("0.075"), Some("0.3"), Some("0.0375"), None]),
    ("groq/qwen3.8-27b", &[], "groq", "cc", [Some("0.8"), Some("4"), None, None]),
    ("gpt-4-turbo", &[], "openai", "cr", [Some("10"), Some("30"), None, None]),
    ("gpt-4", &[], "openai", "cr", [Some("30"), Some("60"), None, None]),
    ("gpt-3.5-turbo", &[], "openai", "cr", [Some("0.5"), Some("1.5"), None, None]),
    ("gpt-4o", &[], "openai", "cc", [Some("2.5"), Some("10"), Some("1.25"), None]),
    ("gpt-4o-mini", &[], "openai", "cc", [Some("0.15"), Some("0.6"), Some("0.075"), None]),
    ("gpt-4.1", &[], "openai", "cc", [Some("2"), Some("8"), Some("0.5"), None]),
    ("gpt-5", &[], "openai", "cc", [Some("1.25"), Some("10"), Some("0.125"), None]),
    ("gpt-5-mini", &[], "openai", "cc", [Some("0.25"), Some("2"), Some("0.025"), None]),
    ("gpt-5-nano", &[], "openai", "cc", [Some("0.05"), Some("0.4"), Some("0.005"), None]),
    ("gpt-5.1", &[], "openai", "cc", [Some("1.25"), Some("10"), Some("0.125"), None]),
    ("gpt-5.2", &[], "openai", "cc", [Some("1.75"), Some("14"), Some("0.175"), None]),
    ("gpt-5.3-codex", &[], "openai", "cc", [Some("1.75"), Some("14"), Some("0.175"), None]),
    ("gpt-5.4", &[], "openai", "cc", [Some("2.5"), Some("15"), Some("0.25"), None]),
    ("gpt-5.4-mini", &[], "openai", "cc", [Some("0.75"), Some("4.5"), Some("0.075"), None]),
    ("gpt-5.5", &[], "openai", "cc", [Some("5"), Some("30"), Some("0.5"), None]),
    ("gpt-5.6", &[], "openai", "cc", [Some("4"), Some("20"), Some("0.4"), Some("5")]),
    ("gpt-5.6-sol", &[], "openai", "cc", [Some("4"), Some("20"), Some("0.4"), Some("5")]),
    ("gpt-5.6-terra", &[], "openai", "cc", [Some("2"), Some("12"), Some("0.2"), Some("2.5")]),
    ("gpt-5.6-luna", &[], "openai", "cc", [Some("0.2"), Some("1.2"), Some("0.02"), Some("0.25")]),
    ("gpt-6-astra", &[], "openai", "cc", [Some("10"), Some("50"), Some("1"), Some("12.5")]),
    ("gpt-6-sol", &[], "openai", "cc", [Some("2"), Some("10"), Some("0.2"), Some("2.5")]),
    ("gpt-6-luna", &[], "openai", "cc", [Some("0.1"), Some("0.5"), Some("0.01"), Some("0.125")]),
    ("gpt-6.1-sol", &[], "openai", "cc", [Some("2"), Some("10"), Some("0.1"), Some("2.5")]),
    ("gpt-6.1-terra", &[], "openai", "cc", [Some("1"), Some("5"), Some("0.05"), Some("1.25")]),
    ("gemini-2.5-pro", &[], "google", "cc", [Some("1.25"), Some("10"), Some("0.125"), None]),
    ("gemini-2.5-flash", &[], "google", "cc", [Some("0.3"), Some("2.5"), Some("0.03"), None]),
    ("gemini-2.5-flash-lite", &[], "google", "cc", [Some("0.1"), Some("0.4"), Some("0.01"), None]),
    ("gemini-3.1-pro-preview", &[], "google", "cc", [Some("2"), Some("12"), Some("0.2"), None]),
    ("gemini-3.5-flash", &[], "google", "cc", [Some("1.5"), Some("9"), Some("0.15"), None]),
    ("gemini-3.8-flash", &[], "google", "cc", [Some("0.75"), Some("3.75"), Some("0.075"), None]),
    ("qwen-max", &[], "alibaba", "cc", [Some("1.6"), Some("6.4"), None, None]),
    ("qwen-plus", &[], "alibaba", "cc", [Some("0.4"), Some("1.2"), None, None]),
    ("qwen-flash", &[], "alibaba", "cc", [Some("0.05"), Some("0.4"), None, None]),
    ("qwen3-coder-plus", &[], "alibaba", "cc", [Some("1"), Some("5"), None, None]),
    ("qwen3-max", &[], "alibaba", "cc", [Some("1.2"), Some("6"), None, None]),
    ("qwen3.8-max", &[], "alibaba", "cc", [Some("2"), Some("6"), Some("0.25"), None]),
    ("qwen-72b", &["qwen2.5-72b-instruct"], "deepinfra", "cc", [Some("0.36"), Some("0.4"), None, None]),
    ("voyage-3", &["voyage-embed"], "voyage", "el", [Some("0.06"), Some("0"), None, None]),
    ("voyage-3-lite", &[], "voyage", "el", [Some("0.02"), Some("0"), None, None]),
    ("voyage-3.5", &[], "voyage", "ec", [Some("0.06"), Some("0"), None, None]),
    ("voyage-3.5-lite", &[], "voyage", "ec", [Some("0.02"), Some("0"), None, None]),
    ("voyage-4", &[], "voyage", "ec", [Some("0.06"), Some("0"), None, None]),
    ("voyage-4-lite", &[], "voyage", "ec", [Some("0.02"), Some("0"), None, None]),
    ("voyage-code-3", &[], "voyage", "ec", [Some("0.18"), Some("0"), None, None]),
    ("jina-embeddings-v3", &[], "jina", "ec", [Some("0.02"), Some("0"), None, None]),
    ("text-embedding-3-small", &[], "openai", "ec", [Some("0.02"), Some("0"), None, None]),
    ("text-embedding-3-large", &[], "openai", "ec", [Some("0.13"), Some("0"), None, None]),
    ("nomic-embed-text", &["nomic-embed", "ollama-nomic-embed"], "local", "eo", [Some("0"), Some("0"), None, None]),
    ("ollama-llama3", &["ollama/llama3"], "local", "co", [Some("0"), Some("0"), None, None]),
    ("ollama-codellama", &["ollama/codellama"], "local", "co", [Some("0"), Some("0"), None, None]),
    ("ollama-mistral", &["ollama/mistral"], "local", "co", [Some("0"), Some("0"), None, None]),
    ("ollama-local", &["ollama", "ollama/*"], "local", "co", [Some("0"), Some("0"), None, None]),
];

/// The rows, of which a test may change some.
pub(super) struct Book(pub(super) Vec<ModelFacts>);

impl Book {
    pub(super) fn real() -> Self {
        Self(ROWS.iter().map(facts).collect())
    }

    /// Changes one row.
    pub(super) fn with(mut self, id: &str, change: impl Fn(&mut ModelFacts)) -> Self {
        let row = self.0.iter_mut().find(|row| row.id == id).unwrap();
        change(row);
        self
    }

    /// Leaves one row out.
    pub(super) fn without(mut self, id: &str) -> Self {
        self.0.retain(|row| row.id != id);
        self
    }
}

fn facts(row: &Row) -> ModelFacts {
    let (id, _, provider, letters, prices) = row;
    let [input_per_m, output_per_m, cache_read_per_m, cache_write_per_m] =
        prices.map(|price| price.map(|text| Usd::parse(text).unwrap()));
    ModelFacts {
        id: (*id).to_owned(),
        provider: (*provider).to_owned(),
        kind: if letters.starts_with('c') { ModelKind::Chat } else { ModelKind::Embedding },
        status: match letters.chars().nth(1) {
            Some('c') => ModelStatus::Current,
            Some('l') => ModelStatus::Legacy,
            Some('r') => ModelStatus::Retired,
            _ => ModelStatus::Local,
        },
        input_per_m,
        output_per_m,
        cache_read_per_m,
        cache_write_per_m,
    }
}

impl Models for Book {
    fn get(&self, name: &str) -> Option<ModelFacts> {
        let id = ROWS.iter().find(|row| row.0 == name || row.1.contains(&name)).map_or(name, |row| row.0);
        let id = if name.starts_with("ollama/") && id == name { "ollama-local" } else { id };
        self.0.iter().find(|row| row.id == id).cloned()
    }

    fn all(&self) -> Vec<ModelFacts> {
        self.0.clone()
    }
}
