//! Brace expansion: `--no-{verify,edit}` is two words.
//! Never makes more than a few words of one; a word beyond that is unknown.

/// The most words one word may become.
const MOST: usize = 64;
/// The longest word that is expanded, in bytes, and the most braces in it.
const LONGEST: usize = 4096;
const GROUPS: usize = 12;

/// What became of a word.
pub(super) enum Expanded {
    /// There was nothing to expand.
    Same,
    /// These words.
    Many(Vec<Vec<u8>>),
    /// More than are followed.
    TooMany,
}

/// One byte, and whether it is an unquoted brace or comma.
type Marked = (u8, bool);

/// Expands a word whose unquoted braces and commas stand at these places.
pub(super) fn expand(text: &[u8], marks: &[usize]) -> Expanded {
    let opening = marks.iter().filter(|at| text.get(**at) == Some(&b'{')).count();
    if opening == 0 || marks.len() < 2 || !text.contains(&b'}') {
        return Expanded::Same;
    }
    // A range such as `{a..e}` is not counted out.
    if text.len() > LONGEST || opening > GROUPS || text.windows(2).any(|pair| pair == b"..") {
        return Expanded::TooMany;
    }
    let mut marked: Vec<Marked> = text.iter().map(|byte| (*byte, false)).collect();
    for at in marks {
        if let Some(place) = marked.get_mut(*at) {
            place.1 = true;
        }
    }
    let mut done = Vec::new();
    if !all(&marked, &mut done) {
        return Expanded::TooMany;
    }
    match done.len() {
        0 | 1 => Expanded::Same,
        _ => Expanded::Many(done),
    }
}

/// Expands the first group and all that follow; says whether they are few enough.
fn all(word: &[Marked], done: &mut Vec<Vec<u8>>) -> bool {
    let Some((start, cuts, end)) = group(word) else {
        done.push(word.iter().map(|(byte, _)| *byte).collect());
        return done.len() <= MOST;
    };
    let mut from = start + 1;
    for to in cuts.into_iter().chain([end]) {
        let parts = [word.get(..start), word.get(from..to), word.get(end + 1..)];
        let next: Vec<Marked> = parts.into_iter().flatten().flatten().copied().collect();
        from = to + 1;
        if !all(&next, done) {
            return false;
        }
    }
    true
}

/// Finds the first group with a comma: where it opens, its commas, where it closes.
fn group(word: &[Marked]) -> Option<(usize, Vec<usize>, usize)> {
    let opens = word.iter().enumerate().filter(|(_, marked)| **marked == (b'{', true)).map(|(at, _)| at);
    for start in opens {
        let mut level = 0_usize;
        let mut cuts = Vec::new();
        for (at, marked) in word.iter().enumerate().skip(start) {
            match marked {
                (b'{', true) => level += 1,
                (b',', true) if level == 1 => cuts.push(at),
                (b'}', true) => level -= 1,
                _ => {}
            }
            if level == 0 {
                if !cuts.is_empty() {
                    return Some((start, cuts, at));
                }
                break;
            }
        }
    }
    None
}
