//! Cuts text into whole words and words to their stems, so that "tests", "testing" and "tested" are one.
//! Never looks inside a word: "latest" is not "test", "rapid" is not "api".

/// The most words of one task that are looked at.
const WORD_LIMIT: usize = 200;

/// Returns the stems of a text's words, in order, at most 200.
pub(crate) fn stems(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORD_LIMIT).map(stem).collect()
}

/// Returns a word's stem: lower case, without plural, `-ing`, `-ed` and a final `e`. Words of other scripts stay whole.
pub(crate) fn stem(word: &str) -> String {
    let mut word = word.to_lowercase();
    if !word.is_ascii() {
        return word;
    }
    if word.len() > 4 && word.ends_with("ies") {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if word.len() >= 4 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") {
        word.pop();
    }
    for ending in ["ing", "ed"] {
        if let Some(root) = word.strip_suffix(ending).filter(|root| is_root(root, ending)) {
            word = undoubled(root).to_owned();
            break;
        }
    }
    if word.len() > 3 && word.ends_with('e') {
        word.pop();
    }
    word
}

/// Says whether an ending may be taken off: "string" and "speed" are whole words.
fn is_root(root: &str, ending: &str) -> bool {
    let vowel = root.bytes().any(|b| b"aeiouy".contains(&b));
    root.len() >= 3 && vowel && !(ending == "ed" && root.ends_with('e'))
}

/// Turns "debugg" and "plann" back into "debug" and "plan"; "call" and "pass" stay.
fn undoubled(root: &str) -> &str {
    let mut ends = root.bytes().rev();
    match (ends.next(), ends.next()) {
        (Some(last), Some(before))
            if last == before && root.len() > 3 && !b"lsz".contains(&last) && last.is_ascii_alphabetic() =>
        {
            root.get(..root.len() - 1).unwrap_or(root)
        }
        _ => root,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_share_a_stem() {
        for forms in [
            &["test", "tests", "testing", "tested", "Tests"][..],
            &["fail", "fails", "failing", "failed"],
            &["debug", "debugging", "debugged"],
            &["plan", "plans", "planning", "planned"],
            &["query", "queries"],
            &["cache", "caches", "caching", "cached"],
            &["optimize", "optimizes", "optimizing"],
            &["fix", "fixes", "fixed", "fixing"],
            &["crash", "crashes", "crashed"],
            &["release", "releases", "releasing"],
            &["api", "apis", "APIs"],
            &["call", "calls", "calling"],
            &["profile", "profiling"],
        ] {
            let stems: std::collections::BTreeSet<String> = forms.iter().map(|word| stem(word)).collect();
            assert_eq!(stems.len(), 1, "{forms:?} {stems:?}");
        }
    }

    #[test]
    fn words_that_only_contain_another_keep_their_own_stem() {
        for (word, other) in [
            ("latest", "test"),
            ("contest", "test"),
            ("rapid", "api"),
            ("capital", "api"),
            ("terror", "error"),
            ("string", "str"),
            ("speed", "spe"),
            ("class", "clas"),
            ("status", "statu"),
            ("bring", "br"),
            ("ios", "io"),
        ] {
            assert_ne!(stem(word), stem(other), "{word}");
        }
    }

    #[test]
    fn text_of_any_kind_is_cut_into_a_bounded_number_of_words() {
        assert_eq!(stems("CI/CD: n+1 queries, Übersicht!"), vec!["ci", "cd", "n", "1", "query", "übersicht"]);
        assert_eq!(stems(&"a ".repeat(100_000)).len(), WORD_LIMIT);
        assert_eq!(stems("\u{0}\u{202e}—"), Vec::<String>::new());
    }
}
