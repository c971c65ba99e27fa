//! Makes a page fit into a number of tokens (4 characters each): what matters most for going on is kept first, whole lines only,
//! in the order of the page; what was left out is counted where it stood.

use super::edit::line_end_of;
use super::layout::{Layout, Part, What};

/// A page that was made shorter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compressed {
    /// The page.
    pub bytes: Vec<u8>,
    /// Tokens before.
    pub tokens_before: u64,
    /// Tokens now.
    pub tokens_after: u64,
    /// What was cut: heading and number of lines, in page order.
    pub cut: Vec<(String, usize)>,
}

/// In which order parts are kept; what belongs to none comes last.
const ORDER: [Option<Part>; 7] = [
    Some(Part::Blockers),
    Some(Part::Priorities),
    Some(Part::InProgress),
    Some(Part::Decisions),
    Some(Part::Completed),
    Some(Part::Metrics),
    None,
];

/// The most characters of a line that is kept where not all fits.
const LINE: usize = 500;
/// Characters of the line that counts what was left out.
const MARK: usize = 48;

/// A stretch of the page under one heading.
struct Block {
    part: Option<Part>,
    /// The head of the page: its title, date and duration.
    head: bool,
    from: usize,
    to: usize,
}

/// Compresses a page to at most `most` tokens; one that fits is left as it is.
#[must_use]
pub fn compress(page: &[u8], most: u64) -> Compressed {
    let tokens_before = tokens(page);
    if tokens_before <= most {
        return Compressed { bytes: page.to_vec(), tokens_before, tokens_after: tokens_before, cut: Vec::new() };
    }
    let layout = Layout::new(page);
    let blocks = blocks(&layout);
    let mut left = usize::try_from(most.saturating_mul(4)).unwrap_or(usize::MAX).saturating_sub(chars(layout.mark));
    let mut kept: Vec<Option<Kept>> = blocks.iter().map(|_| None).collect();
    let first = blocks.iter().enumerate().filter(|(_, block)| block.head);
    let ranked = ORDER
        .iter()
        .flat_map(|part| blocks.iter().enumerate().filter(move |(_, block)| !block.head && block.part == *part));
    for (at, block) in first.chain(ranked) {
        let one = keep(&layout, block, left);
        left -= one.chars.min(left);
        if let Some(slot) = kept.get_mut(at) {
            *slot = Some(one);
        }
    }
    let mut out = Compressed { bytes: layout.mark.to_vec(), tokens_before, ..Compressed::default() };
    for (block, kept) in blocks.iter().zip(kept) {
        let Some(kept) = kept else { continue };
        if kept.left_out > 0 {
            out.cut.push((title(&layout, block), kept.left_out));
        }
        out.bytes.extend(kept.bytes);
    }
    out.tokens_after = tokens(&out.bytes);
    out
}

fn tokens(bytes: &[u8]) -> u64 {
    (chars(bytes) as u64).div_ceil(4)
}

/// Counts characters; a byte that is none counts as one, so that the page that is read has no more of them.
fn chars(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).chars().count()
}

fn title(layout: &Layout<'_>, block: &Block) -> String {
    let line = layout.raw.get(block.from).map(|raw| String::from_utf8_lossy(raw).into_owned()).unwrap_or_default();
    crate::words::clean(line.trim_matches(['#', '*', ' ', '\n', '\r']))
}

/// Cuts the page at its headings; sub-headings of a part belong to it.
fn blocks(layout: &Layout<'_>) -> Vec<Block> {
    let count = layout.raw.len();
    let mut starts: Vec<(usize, Option<Part>)> =
        layout.areas.iter().map(|area| (area.heading, Some(area.part))).collect();
    let inside = |at: usize| layout.areas.iter().any(|area| (area.heading..area.end).contains(&at));
    let others = (0..count).filter(|at| matches!(layout.what(*at), Some(What::Heading(_))) && !inside(*at));
    starts.extend(others.map(|at| (at, None)));
    starts.extend(layout.areas.iter().filter(|area| area.end < count).map(|area| (area.end, None)));
    starts.push((0, None));
    starts.sort_by_key(|(at, part)| (*at, part.is_none()));
    starts.dedup_by_key(|(at, _)| *at);
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([count]);
    let blocks = starts.iter().zip(ends).map(|((from, part), to)| {
        let holds = |line: Option<usize>| line.is_some_and(|line| (*from..to).contains(&line));
        let head = part.is_none() && (holds(layout.updated) || holds(layout.duration));
        Block { part: *part, head, from: *from, to }
    });
    blocks.collect()
}

/// What is kept of a block.
struct Kept {
    bytes: Vec<u8>,
    chars: usize,
    left_out: usize,
}

/// Keeps as many pieces of a block as fit into `room` characters, its first line (the heading) before all.
fn keep(layout: &Layout<'_>, block: &Block, room: usize) -> Kept {
    let lines = layout.raw.get(block.from..block.to).unwrap_or_default();
    let whole = lines.concat();
    let size = chars(&whole);
    if size <= room {
        return Kept { bytes: whole, chars: size, left_out: 0 };
    }
    let mut kept = Kept { bytes: Vec::new(), chars: 0, left_out: 0 };
    let end = layout.line_end();
    for (from, to) in pieces(layout, block) {
        let piece = layout.raw.get(from..to).unwrap_or_default().concat();
        let piece = shortened(layout, from, to, piece);
        let size = chars(&piece);
        if kept.chars + size + MARK <= room {
            kept.bytes.extend(piece);
            kept.chars += size;
        } else {
            kept.left_out += (from..to).filter(|at| !layout.is_blank(*at)).count();
        }
    }
    if kept.left_out > 0 && kept.chars > 0 {
        if !kept.bytes.ends_with(b"\n") {
            kept.bytes.extend_from_slice(end.as_bytes());
        }
        let is_row = matches!(layout.what(block.to - 1), Some(What::Row(_)));
        let gap = if is_row { end } else { "" };
        let line = format!("{gap}_... {} more in the backup_{end}{end}", kept.left_out);
        kept.chars += line.chars().count() + 1;
        kept.bytes.extend_from_slice(line.as_bytes());
    }
    kept
}

/// Cuts a block where lines begin something of their own: code, comments and blank lines stay with what is above them.
fn pieces(layout: &Layout<'_>, block: &Block) -> Vec<(usize, usize)> {
    let mut starts = vec![block.from];
    starts.extend((block.from + 1..block.to).filter(|at| layout.what(*at).is_some()));
    let ends = starts.iter().skip(1).copied().chain([block.to]);
    starts.iter().copied().zip(ends).collect()
}

/// Cuts one very long line of text; everything else is kept whole or not at all.
fn shortened(layout: &Layout<'_>, from: usize, to: usize, piece: Vec<u8>) -> Vec<u8> {
    let is_text = matches!(layout.what(from), Some(What::Item { .. } | What::Text(_) | What::Heading(_)));
    let raw = layout.raw.get(from).copied().unwrap_or_default();
    if !is_text || to != from + 1 || chars(raw) <= LINE {
        return piece;
    }
    let text = String::from_utf8_lossy(raw).into_owned();
    let text = wfo_base::text::clip(text.trim_end(), LINE).into_owned();
    [text.as_bytes(), line_end_of(raw)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(of_each: usize) -> String {
        let list = |title: &str| {
            let items: String = (0..of_each).map(|n| format!("- {title} number {n}\n")).collect();
            format!("### {title}\n{items}\n")
        };
        let parts = ["Completed", "In Progress", "Blockers", "Decisions Made", "Notes", "Session Metrics"];
        format!(
            "## Project Context\nLast Updated: 2026-11-21\n\n{}### Tomorrow's Priorities\n1. one\n2. two\n",
            parts.map(list).concat()
        )
    }

    #[test]
    fn a_page_that_fits_is_left_as_it_is() {
        let page = page(2);
        let same = compress(page.as_bytes(), 2_000);
        assert_eq!((same.bytes, same.cut.len()), (page.into_bytes(), 0));
    }

    #[test]
    fn blockers_and_priorities_are_kept_before_all_else_and_what_was_cut_is_counted() {
        let short = compress(page(30).as_bytes(), 400);
        assert!(short.tokens_after <= 400, "{}", short.tokens_after);
        let text = String::from_utf8(short.bytes).unwrap();
        assert!(
            text.contains("Last Updated") && text.contains("Blockers number 29") && text.contains("2. two"),
            "{text}"
        );
        assert!(!text.contains("Notes number 0"), "{text}");
        assert!(text.find("Blockers").unwrap() < text.find("Priorities").unwrap(), "the order of the page stays");
        let cut: usize = short.cut.iter().map(|(_, lines)| lines).sum();
        let whole = page(30).lines().filter(|line| !line.is_empty()).count();
        let left = text.lines().filter(|line| !line.is_empty() && !line.starts_with("_...")).count();
        assert_eq!(cut + left, whole);
    }

    #[test]
    fn one_endless_line_is_shortened_and_not_lost() {
        let short = compress(format!("### Blockers\n- {}\n- b\n", "x".repeat(50_000)).as_bytes(), 200);
        let text = String::from_utf8(short.bytes).unwrap();
        assert!(text.contains("- xxx") && text.contains('…') && text.contains("- b\n"), "{text}");
    }

    proptest! {
        #[test]
        fn no_page_is_longer_than_asked_for(
            page in "(\\PC{0,30}|(### (In Progress|Blockers|Decisions|Notes)|- \\[ \\] |[|a`<!> -]{0,12})\r?\n){0,40}",
            most in 1_u64..200,
        ) {
            let short = compress(page.as_bytes(), most);
            prop_assert!(short.tokens_after <= most.max(short.tokens_before.min(most)), "{} of {most}", short.tokens_after);
        }
    }
}
