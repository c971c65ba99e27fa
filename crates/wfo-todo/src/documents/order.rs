//! What sentences about an order say: which epic waits for which, and which waits for nothing.
//! Reads only sentences that name epics by title or number; what is denied or told otherwise stays unknown.

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::{epic_numbers, stem};
use crate::words::{is_nothing, words};

/// The most sentences, and the most words of one.
const SENTENCES: usize = 200;
const WORDS: usize = 200;
/// Words after which what stands before them waits for what follows.
const WAITS: [&[&str]; 18] = [
    &["waits", "for"],
    &["wait", "for"],
    &["waits", "on"],
    &["wait", "on"],
    &["depends", "on"],
    &["depend", "on"],
    &["dependent", "on"],
    &["relies", "on"],
    &["builds", "on"],
    &["blocked", "by"],
    &["needs"],
    &["need"],
    &["requires"],
    &["require"],
    &["after"],
    &["follows"],
    &["follow"],
    &["once"],
];
/// Words after which what follows waits for what stands before them.
const PRECEDES: [&[&str]; 11] = [
    &["needed", "by"],
    &["needed", "for"],
    &["needed", "before"],
    &["required", "by"],
    &["required", "for"],
    &["required", "before"],
    &["before"],
    &["precedes"],
    &["blocks"],
    &["then"],
    &["first", "then"],
];
/// Words that deny a sentence, or tell of no order at all.
const DENIED: [&str; 13] =
    ["not", "never", "no", "nor", "neither", "cannot", "without", "t", "instead", "or", "if", "unless", "maybe"];

/// Says whether an answer is that there is nothing; `TBD` is none.
pub(super) fn says_nothing(text: &str) -> bool {
    is_nothing(text) && words(text).iter().any(|word| matches!(word.as_str(), "nothing" | "none" | "no"))
}

/// What the sentences say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// Epic by epic those it waits for, all from 1.
    pub(super) waits: BTreeMap<usize, BTreeSet<usize>>,
    /// Epics that are said to wait for nothing.
    pub(super) free: BTreeSet<usize>,
}

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Epic(usize),
    /// What stands before waits for what follows.
    Waits,
    /// What follows waits for what stands before.
    Precedes,
    First,
    Nothing,
    Denied,
    Comma,
}

/// Reads the sentences; `titles` are those of the epics in their order.
pub(super) fn order(sentences: &[String], titles: &[String]) -> Order {
    let mut out = Order::default();
    if !sentences.is_empty() && sentences.iter().all(|text| says_nothing(text)) {
        out.free = (1..=titles.len()).collect();
        return out;
    }
    let mut names: Vec<(Vec<String>, usize)> =
        titles.iter().zip(1..).map(|(title, number)| (name_of(title), number)).collect();
    names.retain(|(words, _)| !words.is_empty());
    // The longest first: "Send a code again" is not "Send a code".
    names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    let parts = sentences.iter().flat_map(|text| text.split([';', '.', '\n', '!', '?']));
    for part in parts.take(SENTENCES) {
        out.read(&pieces(part, &names, titles.len()));
    }
    // What waits for something is not free of it.
    out.free.retain(|number| !out.waits.contains_key(number));
    out
}

impl Order {
    fn read(&mut self, pieces: &[Piece]) {
        if pieces.contains(&Piece::Denied) {
            return;
        }
        let relation = |piece: &Piece| matches!(piece, Piece::Waits | Piece::Precedes);
        let relations: Vec<Piece> = pieces.iter().copied().filter(|piece| relation(piece)).collect();
        let mut groups: Vec<&[Piece]> = pieces.split(|piece| relation(piece)).collect();
        match relations.as_slice() {
            [] => {
                let named = epics(pieces);
                if pieces.contains(&Piece::First) && named.len() == 1 {
                    self.free.extend(named);
                }
            }
            [only] => {
                // "After A, B begins": the comma tells the sides apart.
                let sides = match groups.as_mut_slice() {
                    [before, after] if epics(before).is_empty() => {
                        let comma = after.iter().position(|piece| *piece == Piece::Comma);
                        comma.and_then(|at| after.split_at_checked(at)).map(|(inner, outer)| (outer, inner))
                    }
                    [before, after] => Some((*before, *after)),
                    _ => None,
                };
                if let Some((left, right)) = sides {
                    self.link(*only, left, right);
                }
            }
            many => {
                // A chain: with more than one epic between two words of order nobody can tell which of them is meant.
                if groups.iter().any(|group| epics(group).len() != 1) {
                    return;
                }
                for (relation, pair) in many.iter().zip(groups.windows(2)) {
                    if let [left, right] = pair {
                        self.link(*relation, left, right);
                    }
                }
            }
        }
    }

    fn link(&mut self, relation: Piece, left: &[Piece], right: &[Piece]) {
        let (waiting, awaited) = if relation == Piece::Waits { (left, right) } else { (right, left) };
        let (waiting_epics, awaited_epics) = (epics(waiting), epics(awaited));
        if awaited_epics.is_empty() && relation == Piece::Waits && awaited.contains(&Piece::Nothing) {
            self.free.extend(waiting_epics);
            return;
        }
        for one in &waiting_epics {
            let others = awaited_epics.iter().copied().filter(|other| other != one);
            let others: BTreeSet<usize> = others.collect();
            if !others.is_empty() {
                self.waits.entry(*one).or_default().extend(others);
            }
        }
    }
}

fn epics(pieces: &[Piece]) -> BTreeSet<usize> {
    let number = |piece: &Piece| match piece {
        Piece::Epic(number) => Some(*number),
        _ => None,
    };
    pieces.iter().filter_map(number).collect()
}

/// The words of a title as they are compared: without articles and endings.
fn name_of(title: &str) -> Vec<String> {
    tokens(title).into_iter().filter(|word| word != ",").map(|word| stem(&word).to_owned()).collect()
}

/// Lower-case words without articles, and each comma as a word of its own.
fn tokens(text: &str) -> Vec<String> {
    let spaced = text.replace(',', " , ");
    let cut = spaced.split(|c: char| !(c.is_alphanumeric() || c == ','));
    let words = cut.filter(|word| !word.is_empty() && !matches!(word.to_lowercase().as_str(), "a" | "an" | "the"));
    words.take(WORDS).map(str::to_lowercase).collect()
}

/// Takes a sentence apart; `names` are the titles, the longest first.
fn pieces(text: &str, names: &[(Vec<String>, usize)], epics: usize) -> Vec<Piece> {
    let words = tokens(text);
    let stems: Vec<&str> = words.iter().map(|word| stem(word)).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let (Some(rest), Some(word)) = (words.get(at..), words.get(at)) {
        let here = stems.get(at..).unwrap_or_default();
        let named =
            names.iter().find(|(name, _)| here.len() >= name.len() && here.iter().zip(name).all(|(a, b)| a == b));
        let two: Vec<&str> = rest.iter().take(2).map(String::as_str).collect();
        let phrase = |table: &[&'static [&'static str]]| {
            table.iter().filter(|phrase| two.starts_with(phrase)).map(|phrase| phrase.len()).max()
        };
        let number = epic_numbers(&two.join(" ")).into_iter().find_map(|number| number.parse::<usize>().ok());
        let number = number.filter(|number| (1..=epics).contains(number));
        let (piece, taken) = if let Some((name, number)) = named {
            (Some(Piece::Epic(*number)), name.len())
        } else if let Some(number) = number.filter(|_| word.starts_with('e')) {
            let alone = word.bytes().any(|byte| byte.is_ascii_digit());
            (Some(Piece::Epic(number)), if alone { 1 } else { 2 })
        } else if let Some(taken) = phrase(&PRECEDES) {
            (Some(Piece::Precedes), taken)
        } else if let Some(taken) = phrase(&WAITS) {
            (Some(Piece::Waits), taken)
        } else {
            let piece = match word.as_str() {
                "first" => Some(Piece::First),
                "nothing" | "none" | "nobody" => Some(Piece::Nothing),
                "," => Some(Piece::Comma),
                word if DENIED.contains(&word) => Some(Piece::Denied),
                _ => None,
            };
            (piece, 1)
        };
        out.extend(piece);
        at += taken.max(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [&str; 4] = ["Send a code", "Check a code", "Send a code again", "After sales"];

    fn read(text: &str) -> (Vec<(usize, Vec<usize>)>, Vec<usize>) {
        let order = order(&[text.to_owned()], &TITLES.map(str::to_owned));
        let waits = order.waits.into_iter().map(|(one, others)| (one, others.into_iter().collect())).collect();
        (waits, order.free.into_iter().collect())
    }

    #[test]
    fn a_sentence_that_names_two_epics_says_which_waits() {
        for (text, waits) in [
            ("Check a code waits for Send a code", vec![(2, vec![1])]),
            ("check the codes needs send a code.", vec![(2, vec![1])]),
            ("Send a code before Check a code", vec![(2, vec![1])]),
            ("\"Send a code\" has to be finished before \"Check a code\" can begin", vec![(2, vec![1])]),
            ("Check a code after Send a code", vec![(2, vec![1])]),
            ("After Send a code, Check a code can begin", vec![(2, vec![1])]),
            ("Before Check a code, Send a code is due", vec![(2, vec![1])]),
            ("Send a code is needed by Check a code and After sales", vec![(2, vec![1]), (4, vec![1])]),
            ("After sales depends on Send a code and Check a code", vec![(4, vec![1, 2])]),
            ("Send a code, then Check a code, then After sales", vec![(2, vec![1]), (4, vec![2])]),
            ("Send a code again requires Send a code", vec![(3, vec![1])]),
            ("Epic 2 waits for epic 1; E4 after E2", vec![(2, vec![1]), (4, vec![2])]),
            ("Check a code waits for Send a code and Check a code waits for the lawyer", vec![]),
        ] {
            assert_eq!(read(text), (waits, vec![]), "{text}");
        }
    }

    #[test]
    fn what_is_denied_told_of_others_or_of_itself_says_nothing() {
        for text in [
            "Check a code does not wait for Send a code",
            "Check a code doesn't wait for Send a code",
            "Check a code can begin without Send a code before it",
            "Check a code waits for the lawyer",
            "The guard comes first",
            "Send a code",
            "Send a code and Check a code",
            "After Send a code Check a code can begin",
            "Check a code waits for Check a code",
            "Check a code waits for Send a code or After sales",
            "Epic 9 waits for epic 1",
            "Recheck a code waits for resend a code",
            "in 2 days",
            "TBD",
            "-",
            "",
        ] {
            assert_eq!(read(text), (vec![], vec![]), "{text}");
        }
    }

    #[test]
    fn that_an_epic_waits_for_nothing_has_to_be_said() {
        for (text, free) in [
            ("nothing", vec![1, 2, 3, 4]),
            ("Send a code waits for nothing", vec![1]),
            ("Send a code comes first", vec![1]),
            ("First Send a code. Check a code needs Send a code", vec![1]),
            ("Check a code first; Check a code needs Send a code", vec![]),
        ] {
            assert_eq!(read(text).1, free, "{text}");
        }
    }

    #[test]
    fn a_hostile_answer_is_read_in_bounded_time() {
        let titles: Vec<String> = (0..100).map(|number| format!("{}{number}", "send a code ".repeat(100))).collect();
        let texts: Vec<String> = (0..100).map(|_| "send a code before ".repeat(100)).collect();
        let start = std::time::Instant::now();
        order(&texts, &titles);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
