//! Cheap looks at a whole text, before anything is taken apart: can it concern commits, does it name git and a commit.
//! Generous: what they let through is judged word by word.

/// Says whether a text can concern commits at all, quotes and escapes left aside.
pub(super) fn concerns(command: &str) -> bool {
    const WORDS: [&str; 4] = ["git", "commit", "hooks", "husky"];
    let has = |text: &str| WORDS.iter().any(|word| text.contains(word));
    let folded = |text: &str| {
        has(text) || (text.bytes().any(|byte| byte.is_ascii_uppercase()) && has(&text.to_ascii_lowercase()))
    };
    if folded(command) || command.contains("$'") {
        return true;
    }
    let marks = |char: char| matches!(char, '\'' | '"' | '\\' | '\n' | '{' | '}' | ',');
    command.contains(['\'', '"', '\\', '{'])
        && folded(&command.chars().filter(|char| !marks(*char)).collect::<String>())
}

/// Says whether a text names git and something it would be asked to do.
pub(super) fn suspicious(text: &str) -> bool {
    let text: String =
        text.chars().filter(|char| !matches!(char, '\'' | '"' | '\\')).collect::<String>().to_ascii_lowercase();
    text.contains("git")
        && ["commit", "push", "hookspath", "no-verify", "update-ref"].iter().any(|word| text.contains(word))
}
