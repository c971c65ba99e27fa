//! Finds the words that come nearest to a mistyped one. Bounded, whatever is typed.

/// The longest word that is compared, in characters.
const LONGEST: usize = 40;
/// The most words that are named.
const MOST: usize = 3;

/// Returns up to three of the known words that are at most a third of their letters away, nearest first; words as near as
/// each other stay in the order in which they come.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST).collect();
    let mut near: Vec<(usize, &str)> = known
        .map(|known| {
            let part = word.len() >= 3 && known.contains(word.iter().collect::<String>().as_str());
            (if part { 1 } else { distance(&word, known) }, known)
        })
        .filter(|(steps, known)| *steps <= 1 + known.chars().count() / 3)
        .collect();
    near.sort_by_key(|(steps, _)| *steps);
    let mut found: Vec<&str> = Vec::new();
    for (_, known) in near {
        if found.len() < MOST && !found.contains(&known) {
            found.push(known);
        }
    }
    found
}

/// Returns how many letters have to be put in, left out or exchanged (Levenshtein).
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (index, letter) in b.chars().take(LONGEST).enumerate() {
        let mut next = vec![index + 1];
        let mut left = index + 1;
        for ((other, above), diagonal) in a.iter().zip(row.iter().skip(1)).zip(&row) {
            left = (left + 1).min(above + 1).min(diagonal + usize::from(*other != letter));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_words_come_first_and_strange_ones_not_at_all() {
        let known = ["reasoning", "code", "bulk", "chat", "summary"];
        for (word, expected) in [
            ("resoning", vec!["reasoning"]),
            ("cod", vec!["code"]),
            ("cat", vec!["chat"]),
            ("summ", vec!["summary"]),
            ("s", vec![]),
            ("xyzzyx", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        }
        assert_eq!(nearest(&"a".repeat(10_000_000), known.into_iter()), Vec::<&str>::new());
    }
}
