//! Reads a shell command as far as it is plain words: quotes are understood, everything else that a shell would act on is not plain.
//! Runs nothing and expands nothing.

/// One word with its place in the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The word without its quotes.
    pub(super) text: String,
    /// Where it ends, as a byte offset.
    pub(super) end: usize,
}

/// Splits a command at `&&`, `||`, `;`, `|`, `&` and newlines into lists of plain words.
/// `None` when it holds anything that is decided at run time: substitutions, expansions, redirections, groups, globs, open quotes.
pub(super) fn plain_commands(command: &str) -> Option<Vec<Vec<Word>>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut chars = command.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' | '"' => {
                let text = word.get_or_insert_default();
                loop {
                    match chars.next()?.1 {
                        quote if quote == c => break,
                        '$' | '`' | '\\' if c == '"' => return None,
                        other => text.push(other),
                    }
                }
            }
            ' ' | '\t' => end_word(&mut commands, &mut word, at),
            ';' | '\n' | '|' | '&' => {
                end_word(&mut commands, &mut word, at);
                chars.next_if(|(_, next)| *next == c);
                commands.push(Vec::new());
            }
            '$' | '`' | '\\' | '<' | '>' | '(' | ')' | '{' | '}' | '*' | '?' | '[' | ']' | '#' | '!' => return None,
            other => word.get_or_insert_default().push(other),
        }
    }
    end_word(&mut commands, &mut word, command.len());
    commands.retain(|words| !words.is_empty());
    Some(commands)
}

fn end_word(commands: &mut [Vec<Word>], word: &mut Option<String>, end: usize) {
    if let (Some(text), Some(last)) = (word.take(), commands.last_mut()) {
        last.push(Word { text, end });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &str) -> Option<Vec<Vec<String>>> {
        plain_commands(command)
            .map(|all| all.into_iter().map(|one| one.into_iter().map(|word| word.text).collect()).collect())
    }

    #[test]
    fn plain_words_and_their_separators() {
        assert_eq!(
            words("cd 'a b' && x \"y z\" -k=v"),
            Some(vec![vec!["cd".into(), "a b".into()], vec!["x".into(), "y z".into(), "-k=v".into()]])
        );
        assert_eq!(words("a;b|c&d\ne"), Some(["a", "b", "c", "d", "e"].map(|w| vec![w.into()]).to_vec()));
        assert_eq!(words("  "), Some(vec![]));
        assert_eq!(words("w''fo"), Some(vec![vec!["wfo".into()]]));
    }

    #[test]
    fn what_is_decided_at_run_time_is_not_plain() {
        for command in [
            "$(a)", "`a`", "a > b", "a <b", "\"$x\"", "a \\\n b", "(a)", "{ a; }", "a*", "'open", "$'x'", "! a",
            "a # b",
        ] {
            assert_eq!(words(command), None, "{command}");
        }
    }
}
