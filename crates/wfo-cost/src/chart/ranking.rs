//! Horizontal bars, the largest first, each with its name and its amount above it.
//! Names of any length: they are cut to the room there is.

use wfo_base::{Usd, text};

use super::scale::scale;
use super::svg::{Anchor, PX, Svg, width};
use crate::report::words;

/// The most rows; what is more is one row at the end.
const ROWS: usize = 8;
/// Height of a row in pixels.
const ROW: i64 = 38;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Ranking<'a> {
    /// Names and amounts, in the order in which they are drawn; `None` = no price is known.
    pub parts: &'a [(String, Option<Usd>)],
    /// What it shows, in a sentence.
    pub label: &'a str,
}

impl Ranking<'_> {
    /// Draws it `total` pixels wide; as high as it has rows.
    #[must_use]
    pub fn draw(&self, total: i64) -> String {
        let rows = self.rows();
        let lines = i64::try_from(rows.len().max(2)).unwrap_or(1);
        let mut svg = Svg::new(total, lines * ROW - 6, self.label);
        if rows.is_empty() {
            svg.words("note", (total * PX / 2, ROW * PX), Anchor::Middle, "nothing was spent");
        }
        let named = if self.parts.len() > ROWS { ROWS - 1 } else { ROWS };
        let largest = rows.iter().take(named).filter_map(|(_, usd)| *usd).max().unwrap_or_default();
        // the longest bar fills the room: amounts stand beside the names, so no axis is needed
        let scale = scale(largest);
        let full = scale.place(largest, total).max(1);
        let mut y = 0;
        for (at, (name, usd)) in rows.iter().enumerate() {
            let amount = words::maybe_usd(*usd);
            let room = (total * PX - width(&amount) - 12 * PX) / width("x");
            let name = text::clip(name, usize::try_from(room).unwrap_or(4)).into_owned();
            svg.words("name", (0, (y + 14) * PX), Anchor::Start, &name);
            svg.words("value", (total * PX, (y + 14) * PX), Anchor::End, &amount);
            if at >= named {
                // the sum of what is left is no rank: a bar of it would dwarf the others
                break;
            }
            svg.rect("track", [0, (y + 21) * PX, total * PX, 8 * PX], None);
            if let Some(usd) = usd.filter(|usd| usd.is_positive()) {
                let long = scale.place(usd, total) * total * PX / full;
                svg.rect("bar", [0, (y + 21) * PX, long.max(PX), 8 * PX], None);
            }
            y += ROW;
        }
        svg.end()
    }

    /// Returns the rows that are drawn: the first ones, and the others as one.
    fn rows(&self) -> Vec<(String, Option<Usd>)> {
        let named = |(name, usd): &(String, Option<Usd>)| (text::one_line(name).into_owned(), *usd);
        if self.parts.len() <= ROWS {
            return self.parts.iter().map(named).collect();
        }
        let mut rows: Vec<_> = self.parts.iter().take(ROWS - 1).map(named).collect();
        let others = self.parts.get(ROWS - 1..).unwrap_or_default();
        let known: Vec<Usd> = others.iter().filter_map(|(_, usd)| *usd).collect();
        let sum = (!known.is_empty()).then(|| known.into_iter().sum());
        rows.push((format!("{} others", others.len()), sum));
        rows
    }
}
