//! Where each value of a YAML text stands: a tree of byte ranges, made from the events of a parser that knows them.
//! Depth is bounded by the strict parser, which has read the text before.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_yaml::Value;

/// A value and its bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'a> {
    /// First byte; of a block scalar its first content, of a block collection its first item.
    pub(crate) start: usize,
    /// One past the last byte, blanks at the end left out.
    pub(crate) end: usize,
    /// Whether it has an anchor or a tag.
    pub(crate) marked: bool,
    /// What it is.
    pub(crate) what: What<'a>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What<'a> {
    /// A scalar.
    Scalar(Cow<'a, str>, Style),
    /// A list.
    List(Form, Vec<Node<'a>>),
    /// A mapping, keys and values in order.
    Map(Form, Vec<(Node<'a>, Node<'a>)>),
    /// `*name`.
    Alias,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Nothing at all: `key:`.
    Empty,
    /// Bare.
    Plain,
    /// `'text'`
    Single,
    /// `"text"`
    Double,
    /// `|` or `>`; the number is where its lines end, those blank at the end included.
    Block(usize),
}

/// How a collection is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By indentation.
    Block,
    /// In brackets.
    Flow,
    /// `[key: value]`: a mapping of one pair without brackets of its own.
    Pair,
}

/// Why there is no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte in the text.
    pub(crate) at: usize,
    /// What is wrong, one line.
    pub(crate) what: String,
}

/// Reads a text of one document.
pub(crate) fn parse(yaml: &str) -> Result<Node<'_>, Fault> {
    let mut builder = Builder { offsets: Offsets::of(yaml), yaml, open: Vec::new(), flows: 0, root: None };
    for event in Parser::new_from_str(yaml) {
        match event {
            Ok((event, span)) => builder.take(event, span)?,
            Err(error) => {
                let what = wfo_base::text::one_line(error.info()).into_owned();
                return Err(Fault { at: builder.offsets.byte(error.marker().index()), what });
            }
        }
    }
    builder.root.ok_or(Fault { at: 0, what: "nothing stands there".to_owned() })
}

/// Turns places counted in characters into bytes.
struct Offsets {
    bytes: Option<Vec<usize>>,
    len: usize,
}

impl Offsets {
    fn of(text: &str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { bytes, len: text.len() }
    }

    fn byte(&self, index: usize) -> usize {
        match &self.bytes {
            None => index.min(self.len),
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.len),
        }
    }
}

/// A collection whose end has not come yet.
enum Open<'a> {
    List(Node<'a>, Vec<Node<'a>>),
    Map(Node<'a>, Vec<(Node<'a>, Node<'a>)>, Option<Node<'a>>),
}

struct Builder<'a> {
    offsets: Offsets,
    yaml: &'a str,
    open: Vec<Open<'a>>,
    flows: usize,
    root: Option<Node<'a>>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, span: Span) -> Result<(), Fault> {
        let (start, end) = (self.offsets.byte(span.start.index()), self.offsets.byte(span.end.index()));
        let node = |marked, what| Node { start, end, marked, what };
        match event {
            Event::Alias(_) => self.close(node(true, What::Alias)),
            Event::Scalar(text, style, anchor, tag) => {
                let slice = self.yaml.get(start..end).unwrap_or_default();
                let style = match style {
                    ScalarStyle::Plain if text.is_empty() => Style::Empty,
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        Style::Block(start + slice.rfind('\n').map_or(slice.len(), |at| at + 1))
                    }
                };
                let marked = anchor != 0 || tag.is_some();
                let end = match style {
                    Style::Empty => start,
                    // the parser counts blanks and a comment behind quotes as part of them
                    Style::Single | Style::Double if !marked => start + quoted_len(slice),
                    _ => start + slice.trim_ascii_end().len(),
                };
                // one without lines begins, for the parser, where the next value does
                if matches!(style, Style::Block(_)) && end == start {
                    let at = self.yaml.get(..start).unwrap_or_default().trim_ascii_end().len();
                    return self.close(Node { start: at, end: at, marked, what: What::Scalar(text, style) });
                }
                // a comment must never count as part of a value: it would be replaced with it
                let body = self.yaml.get(start..end).unwrap_or_default();
                let commented = || [" #", "\t#", "\n#"].iter().any(|sign| body.contains(sign));
                if style == Style::Plain && commented() {
                    return Err(Fault { at: start, what: "a comment stands inside a value".to_owned() });
                }
                self.close(Node { start, end, marked, what: What::Scalar(text, style) })
            }
            Event::SequenceStart(anchor, tag) => {
                let form = self.form(start, end, '[');
                let list = node(anchor != 0 || tag.is_some(), What::List(form, Vec::new()));
                self.open.push(Open::List(list, Vec::new()));
                Ok(())
            }
            Event::MappingStart(anchor, tag) => {
                let form = self.form(start, end, '{');
                let map = node(anchor != 0 || tag.is_some(), What::Map(form, Vec::new()));
                self.open.push(Open::Map(map, Vec::new(), None));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(start),
            _ => Ok(()),
        }
    }

    fn form(&mut self, start: usize, end: usize, bracket: char) -> Form {
        // the parser counts an anchor, a tag, blanks and a comment as part of a bracket
        let words = self.yaml.get(start..end).unwrap_or_default().split_ascii_whitespace();
        if words.skip_while(|word| word.starts_with(['&', '!'])).any(|word| word.starts_with(bracket)) {
            self.flows += 1;
            Form::Flow
        } else if self.flows > 0 {
            Form::Pair
        } else {
            Form::Block
        }
    }

    /// Ends the innermost collection; `at` is its closing bracket if it has one.
    fn end(&mut self, at: usize) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let (mut node, last) = match open {
            Open::List(node, items) => {
                let last = items.last().map(|item| item.end);
                let What::List(form, _) = node.what else { return Ok(()) };
                (Node { what: What::List(form, items), ..node }, last)
            }
            Open::Map(node, entries, _) => {
                let last = entries.last().map(|(key, value)| key.end.max(value.end));
                let What::Map(form, _) = node.what else { return Ok(()) };
                (Node { what: What::Map(form, entries), ..node }, last)
            }
        };
        if node.form() == Some(Form::Flow) {
            self.flows = self.flows.saturating_sub(1);
            let closed = self.yaml.get(at..).and_then(closing);
            let odd = || Fault { at, what: "brackets end in a form that is not known".to_owned() };
            node.end = at + closed.ok_or_else(odd)? + 1;
        } else {
            node.end = last.unwrap_or(node.start);
        }
        self.close(node)
    }

    /// Hands a whole value to the collection around it.
    fn close(&mut self, node: Node<'a>) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
            None if self.root.is_some() => {
                return Err(Fault { at: node.start, what: "a second document begins there".to_owned() });
            }
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// Finds the closing bracket behind blanks, comments and a comma.
fn closing(rest: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let here = rest.get(at..)?;
        match here.bytes().next()? {
            b']' | b'}' => return Some(at),
            b'#' => at += here.find('\n')?,
            b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
            _ => return None,
        }
    }
}

/// Returns the length of a quoted text, its quotes included.
fn quoted_len(slice: &str) -> usize {
    let mut bytes = slice.bytes().enumerate();
    let Some((_, quote)) = bytes.next() else { return 0 };
    let mut after = 1;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if quote == b'"' => {
                bytes.next();
            }
            // in single quotes a doubled one is text
            byte if byte == quote => {
                after = at + 1;
                if quote == b'"' || slice.as_bytes().get(after) != Some(&quote) {
                    return after;
                }
                bytes.next();
            }
            _ => {}
        }
    }
    after
}

impl<'a> Node<'a> {
    /// Returns how a collection is written.
    pub(crate) fn form(&self) -> Option<Form> {
        match self.what {
            What::List(form, _) | What::Map(form, _) => Some(form),
            What::Scalar(..) | What::Alias => None,
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.what {
            What::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Returns the entries of a mapping, none for anything else.
    pub(crate) fn entries(&self) -> &[(Self, Self)] {
        match &self.what {
            What::Map(_, entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list, none for anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.what {
            What::List(_, items) => items,
            _ => &[],
        }
    }

    /// Finds an entry by the text of its key.
    pub(crate) fn entry(&self, name: &str) -> Option<(usize, &Self)> {
        let at = self.entries().iter().position(|(key, _)| key.text() == Some(name))?;
        self.entries().get(at).map(|(_, value)| (at, value))
    }
}

/// Says whether the strict parser read the same; else the byte where it did not.
pub(crate) fn agrees(node: &Node<'_>, value: &Value) -> Result<(), usize> {
    let same = match (&node.what, value) {
        (What::Alias, _) => true,
        (_, Value::Tagged(tagged)) => return agrees(node, &tagged.value),
        (What::Scalar(text, _), Value::String(read)) => text == read,
        (What::Scalar(_, style), Value::Null | Value::Bool(_) | Value::Number(_)) => {
            node.marked || matches!(style, Style::Plain | Style::Empty)
        }
        (What::List(_, items), Value::Sequence(read)) if items.len() == read.len() => {
            return items.iter().zip(read).try_for_each(|(item, read)| agrees(item, read));
        }
        (What::Map(_, entries), Value::Mapping(read)) if entries.len() == read.len() => {
            return entries.iter().zip(read).try_for_each(|((key, value), (read_key, read_value))| {
                agrees(key, read_key).and_then(|()| agrees(value, read_value))
            });
        }
        _ => false,
    };
    if same { Ok(()) } else { Err(node.start) }
}
