//! Cheap looks at a whole text, before anything is taken apart: can it concern commits, does it name git and a commit.
//! Generous: what they let through is judged word by word.

/// Says whether a text can concern commits at all, quotes and escapes left aside.
pub(super) fn concerns(command: &str) -> bool {
    const WORDS: [&str; 8] =
        ["git", "commit", "hooks", "husky", "no-verify", "standard-version", "/contents/", "/repository/"];
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

/// Says whether a text for another program tells git to go around the checks, however it is put together there: quotes,
/// brackets and commas between the words do not count.
pub(super) fn goes_around(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let word = |c: char| c.is_ascii_alphanumeric() || "-_./=".contains(c);
    let words: Vec<&str> = text.split(|c: char| !word(c)).filter(|word| !word.is_empty()).collect();
    let git =
        |word: &&str| word.rsplit(['/', '=']).next().is_some_and(|base| base == "git" || base.starts_with("git-"));
    let Some(at) = words.iter().position(git) else { return false };
    let plumbing = ["commit-tree", "fast-import", "update-ref", "git-commit-tree", "git-update-ref"];
    let rest = words.get(at..).unwrap_or_default();
    rest.iter().any(|word| word.contains("hookspath") || plumbing.contains(word) || word.starts_with("--no-veri"))
        || rest.iter().enumerate().any(|(at, word)| {
            let commits = matches!(*word, "commit" | "git-commit" | "am");
            commits && rest.iter().skip(at + 1).take(12).any(|word| skips(word))
        })
}

/// Says whether a cluster of short options holds `n` before a letter that takes the rest.
fn skips(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    letters.bytes().take_while(|byte| !b"mfctus-=".contains(byte)).any(|byte| byte == b'n')
}
