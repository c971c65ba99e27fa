//! Takes the marks off a line of work: urgency, agent, blocker, age, percent, id, strike-through.
//! Never changes what is left of the sentence beyond blanks; a bracket that is no mark stays.

use jiff::civil::Date;

use crate::blocker;
use crate::level::Level;
use crate::words::{clean, date_in, task_id};

/// A line of work without its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// What is left, on one line.
    pub(crate) text: String,
    pub(crate) level: Option<Level>,
    pub(crate) agent: Option<String>,
    pub(crate) blocked_by: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) since: Option<Date>,
    /// Percent from `(70%)`, 0-100.
    pub(crate) progress: Option<u8>,
    /// The whole line is struck through.
    pub(crate) struck: bool,
}

/// Reads one line of work.
pub(crate) fn read(raw: &str) -> Marks {
    let cleaned = clean(raw);
    let mut marks = Marks::default();
    let mut text = cleaned.as_str();
    if let Some(inner) = text.strip_prefix("~~").and_then(|rest| rest.strip_suffix("~~"))
        && !inner.contains("~~")
    {
        marks.struck = true;
        text = inner;
    }
    let rest = marks.take_brackets(text);
    let rest = marks.take_tokens(&rest);
    marks.id = id_in(&rest);
    marks.text = rest;
    if let Some(found) = blocker::find(&marks.text) {
        marks.text = found.rest;
        marks.blocked_by = marks.blocked_by.take().or(found.name);
    }
    if marks.since.is_none() {
        marks.since = since_in(&marks.text);
    }
    let tidy = marks.text.trim_matches(|c: char| c.is_whitespace() || "-–—:,;".contains(c));
    marks.text = tidy.to_owned();
    marks
}

impl Marks {
    /// Takes out every bracket, or part of one, that is a mark.
    fn take_brackets(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find(['[', '(']) {
            let (before, from) = rest.split_at(open);
            out.push_str(before);
            let close = if from.starts_with('[') { ']' } else { ')' };
            let inner_and_after = from.get(1..).and_then(|inner| inner.split_once(close));
            let Some((inner, after)) = inner_and_after.filter(|(inner, _)| !inner.contains(['[', '('])) else {
                out.push_str(from.get(..1).unwrap_or_default());
                rest = from.get(1..).unwrap_or_default();
                continue;
            };
            let attached = out.ends_with(|c: char| c.is_alphanumeric() || "_`])".contains(c));
            let link = close == ']' && after.starts_with('(');
            let left = if attached || link { Some(inner.to_owned()) } else { self.take_pieces(inner) };
            if let Some(left) = left {
                out.push_str(from.get(..1).unwrap_or_default());
                out.push_str(&left);
                out.push(close);
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Reads the inside of a bracket; returns what of it is no mark.
    fn take_pieces(&mut self, inner: &str) -> Option<String> {
        let pieces: Vec<&str> = inner.split([',', ';']).map(str::trim).collect();
        let alone = pieces.len() == 1;
        let mut left = Vec::new();
        let mut blocker: Option<String> = None;
        for piece in pieces {
            if let Some(named) = blocker::in_brackets(piece) {
                self.blocked_by = self.blocked_by.take().or_else(|| named.clone());
                blocker = named;
            } else if self.take_piece(piece, alone) {
                continue;
            } else if let Some(name) = &mut blocker {
                name.push_str(", ");
                name.push_str(piece);
                self.blocked_by = Some(name.clone());
            } else {
                left.push(piece);
            }
        }
        (!left.is_empty()).then(|| left.join(", "))
    }

    fn take_piece(&mut self, piece: &str, alone: bool) -> bool {
        if let Some(level) = Level::from_p(piece).or_else(|| level_phrase(piece, alone)) {
            return fill(&mut self.level, level);
        }
        if let Some(percent) = percent(piece) {
            return fill(&mut self.progress, percent);
        }
        if let Some((key, rest)) = piece.split_once([':', ' ']) {
            if key.eq_ignore_ascii_case("agent") {
                return agent_name(rest).is_some_and(|name| fill(&mut self.agent, name));
            }
            let dated = ["since", "added", "created", "opened"].iter().any(|word| word.eq_ignore_ascii_case(key));
            if let Some(day) = date_in(rest).filter(|_| dated && rest.trim().len() <= 25) {
                return fill(&mut self.since, day);
            }
        }
        false
    }

    /// Takes out every word that is a mark; the text is one line, so words are parted by single blanks.
    fn take_tokens(&mut self, text: &str) -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        let last = words.len().saturating_sub(1);
        let mut kept: Vec<String> = Vec::with_capacity(words.len());
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let next = words.get(at + 1).copied();
            let first = kept.is_empty();
            let taken = self.take_word(word, next, first, first || at == last);
            if taken == 0 {
                kept.extend(self.take_signs(word, first, at == last));
            }
            at += taken.max(1);
        }
        kept.join(" ")
    }

    /// Returns how many words, from this one on, are a mark.
    fn take_word(&mut self, word: &str, next: Option<&str>, first: bool, edge: bool) -> usize {
        let bare = word.trim_end_matches([',', ';', '.']);
        if let Some(level) = bare.strip_prefix(['@', '#', '!']).and_then(tag_level) {
            return usize::from(fill(&mut self.level, level));
        }
        if let Some(level) = edge.then(|| Level::from_p(bare.trim_end_matches([':', '-']))).flatten() {
            let lower_end = !first && bare.starts_with('p');
            return if lower_end { 0 } else { usize::from(fill(&mut self.level, level)) };
        }
        if let Some(level) = bangs(bare) {
            return usize::from(fill(&mut self.level, level));
        }
        if let Some((key, value)) = bare.split_once(':')
            && ["priority", "prio"].iter().any(|name| name.eq_ignore_ascii_case(key))
        {
            let value = value.trim_start_matches(':');
            let (value, taken) = if value.is_empty() { (next.unwrap_or_default(), 2) } else { (value, 1) };
            let level = Level::from_word(value.trim_end_matches([',', ';', '.']));
            return level.map_or(0, |level| if fill(&mut self.level, level) { taken } else { 0 });
        }
        if first {
            return self.take_label(bare, next);
        }
        0
    }

    /// Reads `High:` and `High priority:` at the start of a line.
    fn take_label(&mut self, word: &str, next: Option<&str>) -> usize {
        let (label, taken) = match (word.strip_suffix(':'), next) {
            (Some(label), _) => (label, 1),
            (None, Some("-" | "–" | "—" | ":")) => (word, 2),
            (None, Some(next)) if next.eq_ignore_ascii_case("priority:") => (word, 2),
            _ => return 0,
        };
        let lower = label.to_ascii_lowercase();
        let label = lower.strip_suffix("-priority").unwrap_or(&lower);
        let level = Level::from_word(label).filter(|_| label.len() > 1);
        level.map_or(0, |level| if fill(&mut self.level, level) { taken } else { 0 })
    }

    /// Takes coloured signs and exclamation marks off a word; `None` when nothing is left.
    fn take_signs(&mut self, word: &str, first: bool, last: bool) -> Option<String> {
        let mut kept = String::with_capacity(word.len());
        let mut chars = word.chars().peekable();
        let mut taken = false;
        while let Some(c) = chars.next() {
            if let Some(level) = Level::from_sign(c) {
                taken |= fill(&mut self.level, level);
                chars.next_if_eq(&'\u{fe0f}');
            } else {
                kept.push(c);
            }
        }
        let bare = kept.trim_start_matches('!').len();
        if let Some(level) = (first && bare < kept.len()).then(|| bangs(kept.get(..kept.len() - bare)?)).flatten() {
            fill(&mut self.level, level);
            kept = kept.split_off(kept.len() - bare);
        }
        if last && kept.ends_with("!!!") {
            fill(&mut self.level, Level::High);
            kept.truncate(kept.trim_end_matches('!').len());
        }
        (!(taken && kept.is_empty())).then_some(kept).filter(|kept| !kept.is_empty())
    }
}

/// Sets a value that is not there yet; always true, so that a second mark is taken off too.
fn fill<T>(slot: &mut Option<T>, value: T) -> bool {
    slot.get_or_insert(value);
    true
}

/// Reads `high`, `high priority`, `priority: high` in a bracket; a bare word counts only alone in it.
fn level_phrase(piece: &str, alone: bool) -> Option<Level> {
    let lower = piece.to_ascii_lowercase();
    let rest = lower.strip_prefix("priority").or_else(|| lower.strip_prefix("prio"));
    let named = rest.map(|rest| rest.trim_start_matches([':', ' ', '=']));
    let named = named.or_else(|| lower.strip_suffix(" priority"));
    match named {
        Some(word) => Level::from_word(word),
        None => Level::from_word(&lower).filter(|_| alone && lower.len() > 2),
    }
}

/// Reads the word behind `@`, `#` or `!`.
fn tag_level(word: &str) -> Option<Level> {
    Level::from_word(word).filter(|_| word.len() > 1)
}

fn bangs(word: &str) -> Option<Level> {
    match word {
        "!!" => Some(Level::Medium),
        "!!!" | "!!!!" | "!!!!!" => Some(Level::High),
        _ => None,
    }
}

/// Reads `70%` or `70.5 %`; more than 100 is no percent.
pub(crate) fn percent(piece: &str) -> Option<u8> {
    let number = piece.trim().strip_suffix('%')?.trim_end();
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    let value: u8 = (digits(whole) && digits(part)).then(|| whole.parse().ok()).flatten()?;
    (value < 100 || (value == 100 && part.bytes().all(|b| b == b'0'))).then_some(value)
}

/// Cleans an agent's name: letters, digits and `:_-/.`; a leading slash goes.
fn agent_name(raw: &str) -> Option<String> {
    let name = raw.trim().trim_matches('`').trim_start_matches('/');
    let fits = (1..=100).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b":_-/.".contains(&b));
    fits.then(|| name.to_owned())
}

/// Finds the id at the start of a line or in a bracket at its end.
fn id_in(text: &str) -> Option<String> {
    let first = text.split_whitespace().next().and_then(task_id);
    let last = text.split_whitespace().next_back().filter(|word| word.starts_with(['(', '['])).and_then(task_id);
    first.or(last).map(str::to_owned)
}

fn since_in(text: &str) -> Option<Date> {
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("since") || word == "➕" {
            return words.next().and_then(date_in);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_priority_mark_is_read_and_taken_off() {
        for (line, level) in [
            ("[P0] Fix login", Level::P0),
            ("(P1) Fix login", Level::P1),
            ("P2: Fix login", Level::P2),
            ("p3 Fix login", Level::P3),
            ("P1 - Fix login", Level::P1),
            ("Fix login P1", Level::P1),
            ("!!! Fix login", Level::High),
            ("!!!Fix login", Level::High),
            ("Fix login !!", Level::Medium),
            ("Fix login!!!", Level::High),
            ("🔴 Fix login", Level::High),
            ("Fix 🟢login", Level::Low),
            ("**High**: Fix login", Level::High),
            ("**High:** Fix login", Level::High),
            ("High priority: Fix login", Level::High),
            ("high-priority: Fix login", Level::High),
            ("Critical: Fix login", Level::P0),
            ("priority: high Fix login", Level::High),
            ("Fix login (priority: low)", Level::Low),
            ("Fix login [high]", Level::High),
            ("Fix login (Medium Priority)", Level::Medium),
            ("Fix login @high", Level::High),
            ("Fix login #p1", Level::P1),
            ("Fix login priority:1", Level::P1),
            ("**P0** Fix login", Level::P0),
        ] {
            let marks = read(line);
            assert_eq!((marks.text.as_str(), marks.level), ("Fix login", Some(level)), "{line}");
        }
    }

    #[test]
    fn words_that_only_look_like_marks_stay() {
        for line in [
            "High availability for the login",
            "Lower the timeout",
            "Support tiers (high, low)",
            "Call set_gain(low)",
            "Read [p1](docs/p1.md)",
            "Mention @highland and #p10",
            "Sort by p1",
            "It is done now!",
            "Set priority: whatever",
            "Close #34 today",
            "Index arr[p1]",
        ] {
            let marks = read(line);
            assert_eq!((marks.text.as_str(), marks.level), (line, None), "{line}");
        }
    }

    #[test]
    fn one_bracket_may_hold_several_marks_and_other_words() {
        let marks = read("[AGENT: /debug-like-expert] T-12: Fix flaky test (P1, auth, 70%, blocked by T-3, T-4)");
        assert_eq!(marks.text, "T-12: Fix flaky test (auth)");
        assert_eq!((marks.level, marks.progress), (Some(Level::P1), Some(70)));
        assert_eq!(marks.agent.as_deref(), Some("debug-like-expert"));
        assert_eq!(marks.blocked_by.as_deref(), Some("T-3, T-4"));
        assert_eq!(marks.id.as_deref(), Some("T-12"));
    }

    #[test]
    fn age_and_strike_through_are_read() {
        assert_eq!(read("Fix login (since 2026-11-01)").since.map(|day| day.to_string()), Some("2026-11-01".into()));
        assert_eq!(read("Fix login (since 2026-11-01)").text, "Fix login");
        assert_eq!(read("Red since 2026-11-01 on CI").text, "Red since 2026-11-01 on CI");
        assert!(read("Red since 2026-11-01 on CI").since.is_some());
        assert!(read("~~Fix login~~").struck);
        assert!(!read("~~Fix~~ repair ~~login~~").struck);
    }

    #[test]
    fn an_agent_name_with_blanks_or_escape_codes_is_no_agent() {
        assert_eq!(read("[AGENT: a b] x").agent, None);
        assert_eq!(
            read("[agent: unit-testing:test-automator] x").agent.as_deref(),
            Some("unit-testing:test-automator")
        );
    }

    #[test]
    fn percents_end_at_a_hundred() {
        for (text, value) in [
            ("70%", Some(70)),
            ("70.9 %", Some(70)),
            ("100%", Some(100)),
            ("100.5%", None),
            ("170%", None),
            ("-5%", None),
        ] {
            assert_eq!(percent(text), value, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_a_panic_and_stays_one_line(line in "\\PC{0,60}|[-\\[\\]()!#@~*P0-9a-e:,; é🔴]{0,60}") {
            let marks = read(&line);
            prop_assert!(!marks.text.contains('\n'));
            prop_assert!(marks.progress.is_none_or(|percent| percent <= 100));
        }

        #[test]
        fn reading_what_is_left_finds_no_further_urgency(line in "(\\[P1\\] |🔴 |!!! |P0: )?[a-z]{1,8} [a-z]{1,8}( @high| #p2)?") {
            prop_assert_eq!(read(&read(&line).text).level, None);
        }
    }
}
