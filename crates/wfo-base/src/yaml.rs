//! The one way into the YAML parser: bounds what a stranger can make it work for, and words its errors in one line with their place.

use serde::de::DeserializeOwned;

use crate::text;

/// The most `[`, `{`, `- ` and `? ` openers that are parsed: the parser's time grows with the square of their nesting.
const OPENERS: usize = 20_000;
/// The most openers on one line.
const OPENERS_IN_LINE: usize = 500;

/// The most bytes that aliases (`*name`) may stand for: each may repeat nearly the whole text.
const REPEATED: usize = 1 << 20;

/// Why a text was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, one line.
    pub message: String,
    /// Line and column from 1, where the parser knows them.
    pub place: Option<(usize, usize)>,
}

/// Reads YAML into a type.
///
/// # Errors
/// A [`Fault`] with the place.
pub fn parse<T: DeserializeOwned>(yaml: &str) -> Result<T, Fault> {
    bounded(yaml)?;
    serde_yaml::from_str(yaml).map_err(|error| Fault {
        message: text::clip(&text::one_line(&error.to_string()), 300).into_owned(),
        place: error.location().map(|place| (place.line(), place.column())),
    })
}

/// Refuses texts that are made to be slow. Counts openers instead of depth, since quoted brackets can hide depth.
fn bounded(yaml: &str) -> Result<(), Fault> {
    let mut all = 0;
    let aliases = if yaml.contains('&') { yaml.matches('*').count() } else { 0 };
    if aliases.saturating_mul(yaml.len()) > REPEATED {
        return Err(Fault { message: format!("{aliases} aliases are too many for a file of this size"), place: None });
    }
    for (index, line) in yaml.lines().enumerate() {
        let flow = line.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
        let block = line.match_indices("- ").count() + line.match_indices("? ").count();
        all += flow + block;
        if flow.max(block) > OPENERS_IN_LINE || all > OPENERS {
            let message = "too many nested or opened lists for one file".to_owned();
            return Err(Fault { message, place: Some((index + 1, 1)) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn texts_that_are_made_to_be_slow_are_refused_at_once() {
        let lines = |line: &str, count: usize| {
            (0..count).map(|n| format!("{}{line}\n", " ".repeat(n % 300))).collect::<String>()
        };
        for hostile in [
            "[".repeat(1 << 20),
            "- ".repeat(1 << 19),
            "? ".repeat(1 << 19),
            format!("x: {}", "{a: ".repeat(1 << 18)),
            lines("[[[[", 4000),
            lines("- - -", 4000),
            "a: &x [1]\nb: [*x, *x]\n".repeat(2000),
            format!("a: &x [{}]\nb: [{}]\n", "1,".repeat(9000), "*x,".repeat(9000)),
            format!("a: &x [{}]\nb: [{}]\n", "1,".repeat(400_000), "*x,".repeat(99)),
            (0..2000).map(|n| format!("{}k:\n", " ".repeat(n))).collect(),
        ] {
            let began = Instant::now();
            let _ = parse::<serde_yaml::Value>(&hostile);
            assert!(began.elapsed() < Duration::from_secs(3), "{}... took {:?}", &hostile[..20], began.elapsed());
        }
    }

    #[test]
    fn a_fault_is_one_line_with_its_place() {
        let fault = parse::<serde_yaml::Value>("a: 1\nb: [\n").unwrap_err();
        assert!(!fault.message.contains('\n') && fault.place.is_some(), "{fault:?}");
        assert_eq!(parse::<Vec<u8>>("[1, 2]").unwrap(), vec![1, 2]);
    }
}
