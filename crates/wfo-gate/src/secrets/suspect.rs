//! Whether a short text could hold a secret at all: a look that needs no rules, so that they are not read for plain sentences.
//! Says yes too often rather than too seldom.

/// From how many characters without a blank on a word may be a token.
const WORD: usize = 16;
/// The same for a word with a letter and a digit in it.
const MIXED: usize = 10;

/// What is near a secret that is neither.
const SIGNS: [&str; 12] =
    ["pass", "pwd", "secret", "token", "key", "cred", "auth", "salt", "login", "curl", "identified", "://"];

/// Says whether a text could hold a secret: a long word, or something that is assigned to what sounds like one.
#[must_use]
pub fn could_hold(text: &str) -> bool {
    let long = text.split_whitespace().any(|word| {
        let has = |test: fn(&u8) -> bool| word.bytes().any(|byte| test(&byte));
        word.len() >= WORD || (word.len() >= MIXED && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic))
    });
    if long {
        return true;
    }
    let assigns = |byte: u8| b"=:>,?|+\"'`$@".contains(&byte);
    text.bytes().any(assigns) && {
        let lower = text.to_ascii_lowercase();
        SIGNS.iter().any(|sign| lower.contains(sign))
    }
}
