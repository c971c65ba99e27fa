//! The forms in which one model's name turns up: with its seller in front, a date, a version or a context mark behind.
//! Nothing looser than that: a name that only looks like another is not that other.

use std::borrow::Cow;

/// The longest name that is looked up.
const LONGEST: usize = 200;

/// What stands before a name, and the provider that a row must have for it.
const PREFIXES: [(&str, &str); 18] = [
    ("anthropic/", "anthropic"),
    ("anthropic.", "anthropic"),
    ("us.anthropic.", "anthropic"),
    ("eu.anthropic.", "anthropic"),
    ("apac.anthropic.", "anthropic"),
    ("jp.anthropic.", "anthropic"),
    ("au.anthropic.", "anthropic"),
    ("global.anthropic.", "anthropic"),
    ("openai/", "openai"),
    ("deepseek/", "deepseek"),
    ("google/", "google"),
    ("gemini/", "google"),
    ("groq/", "groq"),
    ("voyage/", "voyage"),
    ("alibaba/", "alibaba"),
    ("dashscope/", "alibaba"),
    ("jina/", "jina"),
    ("deepinfra/", "deepinfra"),
];

/// Returns the name as it is looked up: trimmed, in lower case; `None` for what cannot be a name.
pub(super) fn key(name: &str) -> Option<Cow<'_, str>> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let capital = name.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if capital { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) })
}

/// Returns the forms of a key to look for, from the name itself to its bare form, and the provider that its prefix names.
/// Only the forms behind the prefix are bound to that provider: `(form, provider)`.
pub(super) fn forms(key: &str) -> [(&str, Option<&'static str>); 5] {
    let marked = key.strip_suffix("[1m]").unwrap_or(key);
    let prefix = PREFIXES.iter().find(|(prefix, _)| marked.starts_with(prefix));
    let (bare, provider) = match prefix {
        Some((prefix, provider)) => (marked.strip_prefix(prefix).unwrap_or(marked), Some(*provider)),
        None => (marked, None),
    };
    let unversioned = without_version(bare);
    [(key, None), (marked, None), (bare, provider), (unversioned, provider), (without_date(unversioned), provider)]
}

/// Says whether a key has no other form than itself.
pub(super) fn is_bare(key: &str) -> bool {
    forms(key).iter().all(|(form, _)| *form == key)
}

/// Takes `-v1:0` off.
fn without_version(name: &str) -> &str {
    let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once("-v") {
        Some((rest, version)) if version.split_once(':').is_some_and(|(a, b)| digits(a) && digits(b)) => rest,
        _ => name,
    }
}

/// Takes `-20250929` or `@20250929` off.
fn without_date(name: &str) -> &str {
    match name.rsplit_once(['-', '@']) {
        Some((rest, date)) if is_day(date) && !rest.is_empty() => rest,
        _ => name,
    }
}

fn is_day(text: &str) -> bool {
    let part = |at: std::ops::Range<usize>| text.get(at).and_then(|digits| digits.parse::<u16>().ok());
    text.len() == 8
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && part(0..4).is_some_and(|year| (2000..2100).contains(&year))
        && part(4..6).is_some_and(|month| (1..=12).contains(&month))
        && part(6..8).is_some_and(|day| (1..=31).contains(&day))
}
