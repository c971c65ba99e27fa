//! Puts permission rules into a settings text and takes them out again, touching no other byte: key order, indentation,
//! number spellings and line ends stay. Every edit is proved by reading the values before and after.

use std::ops::Range;

use serde_json::Value;

use wfo_base::json_span::{self as span, Member};

/// The keys on the way to the list of rules.
const PERMISSIONS: &str = "permissions";
const ALLOW: &str = "allow";
/// The most lines of difference that taking out may make: a foreign file must not keep us busy.
const CUTS: usize = 200;

/// One replaced piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// What was there, in bytes of the text before.
    pub(super) at: Range<usize>,
    /// What stands there now.
    pub(super) text: String,
}

/// A settings text after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edited {
    /// The whole text.
    pub(super) text: String,
    /// The change as lines that begin with `+`, `-` or `@`.
    pub(super) diff: Vec<String>,
    /// Keys that were made to hold the rules, from the outside in.
    pub(super) made: Vec<String>,
}

/// Why a text is not edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// What is wrong, as the end of a sentence.
    pub(super) why: String,
    /// Byte of the text it is about.
    pub(super) at: usize,
}

impl Refused {
    fn new(why: impl Into<String>, at: usize) -> Self {
        Self { why: why.into(), at }
    }
}

/// Returns line and column (both from 1) of a byte of the text.
pub(super) fn line_of(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Reads a settings text: an object, with `permissions.allow`, where there is one, a list.
///
/// # Errors
/// The place and the reason.
pub(super) fn parse(text: &str) -> Result<Value, Refused> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_json::from_str(body).map_err(|error| {
        let start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let words = error.to_string();
        let words = words.rsplit_once(" at line").map_or(words.as_str(), |(words, _)| words);
        Refused::new(words, start + error.column().saturating_sub(1))
    })?;
    site(text)?;
    Ok(value)
}

/// Where the rules stand, or would.
#[derive(Debug)]
struct Site {
    top: Range<usize>,
    permissions: Option<Member>,
    allow: Option<Member>,
}

fn site(text: &str) -> Result<Site, Refused> {
    let not = |what: &str, at: usize| Refused::new(format!("{what}, so nothing can be added"), at);
    let top = span::root(text).ok_or_else(|| not("it is empty", 0))?;
    let outer = span::members(text, &top).ok_or_else(|| not("it is not an object", top.start))?;
    let permissions = only(outer, PERMISSIONS)?;
    let Some(permissions) = permissions else { return Ok(Site { top, permissions: None, allow: None }) };
    let inner = span::members(text, &permissions.value)
        .ok_or_else(|| not("`permissions` is not an object", permissions.value.start))?;
    let allow = only(inner, ALLOW)?;
    if let Some(allow) = &allow {
        span::elements(text, &allow.value)
            .ok_or_else(|| not("`permissions.allow` is not a list", allow.value.start))?;
    }
    Ok(Site { top, permissions: Some(permissions), allow })
}

/// Finds the one member with a key; a key that stands twice means different things to different readers.
fn only(members: Vec<Member>, key: &str) -> Result<Option<Member>, Refused> {
    let mut found = members.into_iter().filter(|member| member.key == key);
    let first = found.next();
    match found.next() {
        Some(second) => Err(Refused::new(format!("the key `{key}` stands twice"), second.whole.start)),
        None => Ok(first),
    }
}

/// Puts rules before the others of `permissions.allow`, making the list where there is none.
///
/// # Errors
/// Why the text is left alone.
pub(super) fn insert(text: &str, rules: &[&str]) -> Result<Edited, Refused> {
    let before = parse(text)?;
    let site = site(text)?;
    let quoted: Vec<String> = rules.iter().map(|rule| Value::from(*rule).to_string()).collect();
    let (container, present, made): (_, Vec<Range<usize>>, &[&str]) = match (&site.permissions, &site.allow) {
        (_, Some(allow)) => (&allow.value, span::elements(text, &allow.value).unwrap_or_default(), &[]),
        (Some(permissions), None) => (&permissions.value, wholes(text, &permissions.value), &[ALLOW]),
        (None, None) => (&site.top, wholes(text, &site.top), &[PERMISSIONS, ALLOW]),
    };
    let style = Style::of(text, &site.top, container, present.first());
    let items = if made.is_empty() { quoted } else { vec![style.nested(made, &quoted)] };
    let edit = style.placed(container, &items, &present);
    let after = applied(text, &edit);
    let mut expected = before;
    let list = list_of(&mut expected).ok_or_else(|| Refused::new("its shape is not understood", site.top.start))?;
    list.splice(0..0, rules.iter().map(|rule| Value::from(*rule)));
    prove(&after, &expected)?;
    let made = made.iter().map(|key| (*key).to_owned()).collect();
    Ok(Edited { diff: diff(text, &edit), text: after, made })
}

/// Takes rules out of `permissions.allow`; then the keys of `made` where they are empty.
///
/// # Errors
/// Why the text is left alone.
pub(super) fn remove(text: &str, rules: &[&str], made: &[String]) -> Result<Edited, Refused> {
    let mut expected = parse(text)?;
    if let Some(list) = list_in(&mut expected) {
        list.retain(|rule| !rules.iter().any(|ours| rule == ours));
    }
    prune(&mut expected, made);
    let mut edited = Edited { text: text.to_owned(), diff: Vec::new(), made: Vec::new() };
    // One at a time: every cut moves what comes after it.
    while let Some(edit) = next_cut(&edited.text, rules, made)? {
        if edited.diff.len() > CUTS {
            return Err(Refused::new("it holds the same rules too many times", edit.at.start));
        }
        edited.diff.extend(diff(&edited.text, &edit));
        edited.text = applied(&edited.text, &edit);
    }
    prove(&edited.text, &expected)?;
    if let Some(lines) = lost_lines(text, &edited.text) {
        edited.diff = lines;
    }
    Ok(edited)
}

/// Shows which whole lines went; `None` when the change is not one of whole lines. A comma less at a line's end is no change.
fn lost_lines(before: &str, after: &str) -> Option<Vec<String>> {
    let mut left = after.lines().peekable();
    let mut lines = Vec::new();
    let mut run = false;
    for (index, line) in before.lines().enumerate() {
        if left.next_if(|kept| *kept == line || line.strip_suffix(',') == Some(kept)).is_some() {
            run = false;
            continue;
        }
        if !run {
            lines.push(format!("@@ line {} @@", index + 1));
        }
        run = true;
        lines.push(format!("-{line}"));
    }
    left.peek().is_none().then_some(lines)
}

/// Adds a key before the others of the settings; there must be none of that name.
///
/// # Errors
/// Why the text is left alone.
pub(super) fn add_member(text: &str, key: &str, json: &Value) -> Result<Edited, Refused> {
    let mut expected = parse(text)?;
    let top = site(text)?.top;
    let members = span::members(text, &top).unwrap_or_default();
    if only(members, key)?.is_some() {
        return Err(Refused::new(format!("the key `{key}` is there already"), top.start));
    }
    let present = wholes(text, &top);
    let style = Style::of(text, &top, &top, present.first());
    let edit = style.placed(&top, &[format!("{}:{}{json}", Value::from(key), style.blank)], &present);
    let after = applied(text, &edit);
    if let Some(object) = expected.as_object_mut() {
        object.insert(key.to_owned(), json.clone());
    }
    prove(&after, &expected)?;
    Ok(Edited { diff: diff(text, &edit), text: after, made: Vec::new() })
}

/// Takes a key of the settings out.
///
/// # Errors
/// Why the text is left alone.
pub(super) fn remove_member(text: &str, key: &str) -> Result<Edited, Refused> {
    let mut expected = parse(text)?;
    let top = site(text)?.top;
    let Some(member) = only(span::members(text, &top).unwrap_or_default(), key)? else {
        return Ok(Edited { text: text.to_owned(), diff: Vec::new(), made: Vec::new() });
    };
    let items = wholes(text, &top);
    let index = items.iter().position(|item| *item == member.whole).unwrap_or_default();
    let edit = cut(text, &top, &items, index);
    let after = applied(text, &edit);
    if let Some(object) = expected.as_object_mut() {
        object.shift_remove(key);
    }
    prove(&after, &expected)?;
    let lines = lost_lines(text, &after).unwrap_or_else(|| diff(text, &edit));
    Ok(Edited { diff: lines, text: after, made: Vec::new() })
}

/// Finds the next piece that has to go: a rule, then an empty list or object of ours.
fn next_cut(text: &str, rules: &[&str], made: &[String]) -> Result<Option<Edit>, Refused> {
    let site = site(text)?;
    let Some(permissions) = &site.permissions else { return Ok(None) };
    let is_made = |key: &str| made.iter().any(|name| name == key);
    if let Some(allow) = &site.allow {
        let elements = span::elements(text, &allow.value).unwrap_or_default();
        let ours = |place: &Range<usize>| {
            let value = text.get(place.clone()).and_then(|text| serde_json::from_str::<Value>(text).ok());
            value.is_some_and(|value| rules.iter().any(|rule| value == *rule))
        };
        if let Some(index) = elements.iter().position(ours) {
            return Ok(Some(cut(text, &allow.value, &elements, index)));
        }
        if elements.is_empty() && is_made(ALLOW) {
            let members = wholes(text, &permissions.value);
            let index = members.iter().position(|member| *member == allow.whole).unwrap_or_default();
            return Ok(Some(cut(text, &permissions.value, &members, index)));
        }
    }
    let members = wholes(text, &site.top);
    let empty = wholes(text, &permissions.value).is_empty() && is_made(PERMISSIONS);
    let index = members.iter().position(|member| *member == permissions.whole).filter(|_| empty);
    Ok(index.map(|index| cut(text, &site.top, &members, index)))
}

/// Cuts one item out of its list, with the comma and the blanks that belong to it.
fn cut(text: &str, container: &Range<usize>, items: &[Range<usize>], index: usize) -> Edit {
    let inside = container.start + 1..container.end.saturating_sub(1);
    let item = items.get(index).cloned().unwrap_or(inside.end..inside.end);
    let previous = index.checked_sub(1).and_then(|before| items.get(before));
    let next = items.get(index + 1);
    let comma =
        |from: &Range<usize>| from.end + text.get(from.end..).and_then(|rest| rest.find(',')).unwrap_or_default();
    let at = match (previous, next) {
        (None, None) => inside,
        // On a line of its own the blanks before it go too, else those after it.
        (None, Some(next)) => match text.get(inside.start..item.start).is_some_and(|gap| gap.contains('\n')) {
            true => inside.start..comma(&item) + 1,
            false => item.start..next.start,
        },
        (Some(previous), Some(_)) => comma(previous) + 1..comma(&item) + 1,
        (Some(previous), None) => previous.end..item.end,
    };
    Edit { at, text: String::new() }
}

/// How new text is laid out beside what is there.
#[derive(Debug)]
struct Style {
    /// Line end and indentation before an item; `None` = on one line.
    gap: Option<String>,
    /// Line end and indentation before the closing bracket of an empty container.
    close: String,
    /// One step of indentation.
    unit: String,
    /// Between items on one line, after the comma.
    blank: &'static str,
    /// Start of the first item, or of the closing bracket.
    first: usize,
}

impl Style {
    fn of(text: &str, top: &Range<usize>, container: &Range<usize>, first: Option<&Range<usize>>) -> Self {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let outer = wholes(text, top);
        let lead = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let unit = outer
            .first()
            .and_then(|member| lead(top.start + 1, member.start).rsplit_once('\n'))
            .map(|(_, blanks)| blanks.to_owned());
        let unit = unit.filter(|unit| !unit.is_empty()).unwrap_or_else(|| "  ".to_owned());
        let line = text.get(..container.start).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let base: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        let many_lines = outer.is_empty() || lead(top.start, top.end).contains('\n');
        let gap = match first {
            Some(first) => Some(lead(container.start + 1, first.start).to_owned()).filter(|gap| gap.contains('\n')),
            None => many_lines.then(|| format!("{line_end}{base}{unit}")),
        };
        let spaced = many_lines || text.contains(": ") || text.contains(", ");
        let first = first.map_or(container.end.saturating_sub(1), |first| first.start);
        Self { gap, close: format!("{line_end}{base}"), unit, blank: if spaced { " " } else { "" }, first }
    }

    /// Words a list below the keys that have to be made.
    fn nested(&self, made: &[&str], quoted: &[String]) -> String {
        let blank = self.blank;
        let mut keys = String::new();
        let mut ends = String::new();
        let mut indent = self.gap.clone();
        for (depth, key) in made.iter().enumerate() {
            let last = depth + 1 == made.len();
            let lead = if depth == 0 { "" } else { indent.as_deref().unwrap_or_default() };
            keys += &format!("{lead}\"{key}\":{blank}{}", if last { '[' } else { '{' });
            ends.insert_str(0, &format!("{}{}", indent.as_deref().unwrap_or_default(), if last { ']' } else { '}' }));
            indent = indent.map(|indent| indent + &self.unit);
        }
        let between = indent.clone().unwrap_or_else(|| blank.to_owned());
        let list = quoted.join(&format!(",{between}"));
        format!("{keys}{}{list}{ends}", indent.unwrap_or_default())
    }

    /// Places items before those that are there.
    fn placed(&self, container: &Range<usize>, items: &[String], present: &[Range<usize>]) -> Edit {
        let inside = container.start + 1;
        match (&self.gap, present.is_empty()) {
            (Some(gap), false) => {
                Edit { at: inside..inside, text: items.iter().map(|item| format!("{gap}{item},")).collect() }
            }
            (None, false) => Edit {
                at: self.first..self.first,
                text: items.iter().map(|item| format!("{item},{}", self.blank)).collect(),
            },
            (Some(gap), true) => {
                Edit { at: inside..self.first, text: format!("{gap}{}{}", items.join(&format!(",{gap}")), self.close) }
            }
            (None, true) => Edit { at: inside..self.first, text: items.join(&format!(",{}", self.blank)) },
        }
    }
}

fn wholes(text: &str, object: &Range<usize>) -> Vec<Range<usize>> {
    span::members(text, object).unwrap_or_default().into_iter().map(|member| member.whole).collect()
}

fn applied(text: &str, edit: &Edit) -> String {
    let (before, after) = (text.get(..edit.at.start).unwrap_or_default(), text.get(edit.at.end..).unwrap_or_default());
    format!("{before}{}{after}", edit.text)
}

/// Shows an edit by its own text alone: other lines of a settings file may hold what is nobody's business.
fn diff(text: &str, edit: &Edit) -> Vec<String> {
    let removed = text.get(edit.at.clone()).unwrap_or_default();
    // A new line stands after the bracket that it follows.
    let below = usize::from(edit.text.starts_with(['\n', '\r']));
    let line = line_of(text, edit.at.start).0 + below;
    let mut lines = vec![format!("@@ line {line} @@")];
    for (sign, piece) in [('-', removed), ('+', edit.text.as_str())] {
        let shown = piece.trim_start_matches(',');
        let whole = shown.starts_with(['\n', '\r']);
        for part in shown.lines().filter(|part| !part.trim().is_empty()) {
            lines.push(if whole { format!("{sign}{part}") } else { format!("{sign}… {} …", part.trim()) });
        }
    }
    lines
}

/// Says that an edit did what it should and nothing else.
fn prove(after: &str, expected: &Value) -> Result<(), Refused> {
    match parse(after) {
        Ok(value) if value == *expected => Ok(()),
        _ => Err(Refused::new("its layout is not understood, so it was left alone", 0)),
    }
}

/// Returns the list of rules, made where absent.
fn list_of(value: &mut Value) -> Option<&mut Vec<Value>> {
    let permissions =
        value.as_object_mut()?.entry(PERMISSIONS).or_insert_with(|| Value::Object(serde_json::Map::new()));
    permissions.as_object_mut()?.entry(ALLOW).or_insert_with(|| Value::Array(Vec::new())).as_array_mut()
}

fn list_in(value: &mut Value) -> Option<&mut Vec<Value>> {
    value.get_mut(PERMISSIONS)?.get_mut(ALLOW)?.as_array_mut()
}

fn prune(value: &mut Value, made: &[String]) {
    let is_made = |key: &str| made.iter().any(|name| name == key);
    let Some(top) = value.as_object_mut() else { return };
    let Some(permissions) = top.get_mut(PERMISSIONS).and_then(Value::as_object_mut) else { return };
    if is_made(ALLOW) && permissions.get(ALLOW).and_then(Value::as_array).is_some_and(Vec::is_empty) {
        permissions.shift_remove(ALLOW);
    }
    if is_made(PERMISSIONS) && permissions.is_empty() {
        top.shift_remove(PERMISSIONS);
    }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
