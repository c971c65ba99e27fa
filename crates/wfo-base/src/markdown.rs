//! Reads Markdown pages line by line: headings, list items, checkboxes, table rows; and splits YAML front matter off.
//! A reader for plain working pages, not a renderer: what it does not know is [`Line::Text`].

/// One line of a page, with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// `## Text`, with its level 1-6.
    Heading {
        /// Number of `#`.
        level: usize,
        /// Text without marks.
        text: &'a str,
    },
    /// `- text`, `* text`, `1. text`, `- [x] text`.
    Item {
        /// `None` without a checkbox, else whether it is ticked (`x` or `X`); `[~]`, `[-]` and `[/]` are [`Tick::Half`].
        tick: Option<Tick>,
        /// Columns of blanks before the mark (a tab counts 4).
        indent: usize,
        /// Text after mark and box.
        text: &'a str,
    },
    /// `| a | b |`, cells trimmed; separator rows (`|---|`) are left out.
    Row(Vec<&'a str>),
    /// Anything else that is not blank.
    Text(&'a str),
}

/// State of a checkbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// `[ ]`
    Open,
    /// `[~]`, `[-]`, `[/]`: begun.
    Half,
    /// `[x]`
    Done,
}

/// Walks the lines outside fenced code and HTML comments, with their numbers from 1.
pub fn lines(page: &str) -> impl Iterator<Item = (usize, Line<'_>)> {
    let mut fence: Option<(char, usize)> = None;
    let mut comment = false;
    page.lines().enumerate().filter_map(move |(index, raw)| {
        let line = raw.trim_end();
        let bare = line.trim_start();
        if comment {
            comment = !bare.contains("-->");
            return None;
        }
        let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = mark.map_or(0, |mark| bare.chars().take_while(|c| *c == mark).count());
        if let Some((open, width)) = fence {
            if mark == Some(open) && run >= width && bare.trim_matches(open).trim().is_empty() {
                fence = None;
            }
            return None;
        }
        if let (Some(mark), 3..) = (mark, run) {
            fence = Some((mark, run));
            return None;
        }
        if bare.starts_with("<!--") {
            comment = !bare.contains("-->");
            return None;
        }
        read(line, bare).map(|read| (index + 1, read))
    })
}

fn read<'a>(line: &'a str, bare: &'a str) -> Option<Line<'a>> {
    if bare.is_empty() {
        return None;
    }
    let level = bare.chars().take_while(|c| *c == '#').count();
    if (1..=6).contains(&level) && bare[level..].starts_with([' ', '\t']) {
        return Some(Line::Heading { level, text: bare[level..].trim().trim_end_matches('#').trim_end() });
    }
    if let Some(inner) = bare.strip_prefix('|') {
        let cells: Vec<&str> = inner.strip_suffix('|').unwrap_or(inner).split('|').map(str::trim).collect();
        let separator = cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')));
        return (!separator).then_some(Line::Row(cells));
    }
    let Some(text) = item_text(bare) else { return Some(Line::Text(bare)) };
    let indent = line[..line.len() - bare.len()].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    let (tick, text) = checkbox(text);
    Some(Line::Item { tick, indent, text })
}

/// Returns what follows a list mark.
fn item_text(bare: &str) -> Option<&str> {
    let after_bullet = bare.strip_prefix(['-', '*', '+']);
    let after_number = || {
        let digits = bare.chars().take_while(char::is_ascii_digit).count();
        (1..=9).contains(&digits).then(|| bare[digits..].strip_prefix(['.', ')'])).flatten()
    };
    after_bullet.or_else(after_number)?.strip_prefix([' ', '\t']).map(str::trim_start)
}

fn checkbox(text: &str) -> (Option<Tick>, &str) {
    let mut chars = text.chars();
    let tick = match (chars.next(), chars.next(), chars.next()) {
        (Some('['), Some(' '), Some(']')) => Tick::Open,
        (Some('['), Some('x' | 'X'), Some(']')) => Tick::Done,
        (Some('['), Some('~' | '-' | '/'), Some(']')) => Tick::Half,
        _ => return (None, text),
    };
    match text.get(3..) {
        Some(rest) if rest.is_empty() || rest.starts_with([' ', '\t']) => (Some(tick), rest.trim_start()),
        _ => (None, text),
    }
}

/// A page taken apart at its YAML fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontMatter<'a> {
    /// The YAML between the fences; its first line is line 2 of the file.
    pub yaml: &'a str,
    /// What follows the closing fence.
    pub body: &'a str,
    /// Line number (from 1) of the body's first line.
    pub body_line: usize,
}

/// Why a page has no usable front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FenceFault {
    /// The first line is not `---`.
    Absent,
    /// No later line is `---` or `...`.
    Unclosed,
    /// More than [`FRONT_MATTER_LIMIT`] bytes between the fences.
    TooLarge,
}

/// The most front matter that is read: 64 KiB.
pub const FRONT_MATTER_LIMIT: usize = 64 << 10;

/// Splits a page at its front matter: first line exactly `---`, up to the next line `---` or `...`.
///
/// # Errors
/// A [`FenceFault`] that says which rule does not hold.
pub fn front_matter(page: &str) -> Result<FrontMatter<'_>, FenceFault> {
    let page = page.strip_prefix('\u{feff}').unwrap_or(page);
    let mut offset = 0;
    let mut start = None;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        let bare = line.trim_end_matches(['\n', '\r']);
        match start {
            None if bare == "---" => start = Some(offset + line.len()),
            None => return Err(FenceFault::Absent),
            Some(from) if bare == "---" || bare == "..." => {
                if offset - from > FRONT_MATTER_LIMIT {
                    return Err(FenceFault::TooLarge);
                }
                return Ok(FrontMatter {
                    yaml: &page[from..offset],
                    body: &page[offset + line.len()..],
                    body_line: index + 2,
                });
            }
            Some(_) => {}
        }
        offset += line.len();
    }
    Err(if start.is_some() { FenceFault::Unclosed } else { FenceFault::Absent })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_all(page: &str) -> Vec<(usize, Line<'_>)> {
        lines(page).collect()
    }

    #[test]
    fn headings_items_boxes_and_rows_are_told_apart() {
        let page =
            "# One #\n\ntext\n- [ ] a\n  * [X] b\n1. c\n- [~] d\n| k | v |\n|---|:-:|\n| x | y |\n#tag\n-dash\n[x] e";
        let item = |tick, indent, text| Line::Item { tick, indent, text };
        assert_eq!(
            read_all(page),
            vec![
                (1, Line::Heading { level: 1, text: "One" }),
                (3, Line::Text("text")),
                (4, item(Some(Tick::Open), 0, "a")),
                (5, item(Some(Tick::Done), 2, "b")),
                (6, item(None, 0, "c")),
                (7, item(Some(Tick::Half), 0, "d")),
                (8, Line::Row(vec!["k", "v"])),
                (10, Line::Row(vec!["x", "y"])),
                (11, Line::Text("#tag")),
                (12, Line::Text("-dash")),
                (13, Line::Text("[x] e")),
            ]
        );
    }

    #[test]
    fn code_and_comments_are_not_read() {
        let page =
            "```\n- [ ] no\n~~~\n```\n<!-- - [ ] no -->\n<!--\n- [ ] no\n-->\n- [ ] yes\n~~~~ md\n~~~\n- no\n~~~~\n";
        assert_eq!(read_all(page), vec![(9, Line::Item { tick: Some(Tick::Open), indent: 0, text: "yes" })]);
    }

    #[test]
    fn front_matter_ends_at_dashes_or_dots_with_any_line_end() {
        let split = front_matter("---\r\na: 1\r\n...\r\nbody\r\n---\r\n").unwrap();
        assert_eq!((split.yaml, split.body, split.body_line), ("a: 1\r\n", "body\r\n---\r\n", 4));
        assert_eq!(front_matter("\u{feff}---\n---").unwrap().yaml, "");
        assert_eq!(front_matter("--- \nx\n---\n"), Err(FenceFault::Absent));
        assert_eq!(front_matter("---\nx\n"), Err(FenceFault::Unclosed));
        assert_eq!(front_matter(&format!("---\n{}\n---\n", "x".repeat(70_000))), Err(FenceFault::TooLarge));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(page in "[-#*|`~<!>\\[\\]x \\n\\ra0-9.é]{0,80}") {
            let _ = read_all(&page);
            let _ = front_matter(&page);
        }
    }
}
