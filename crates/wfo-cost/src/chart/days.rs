//! A bar for each day, with a line at the daily budget.
//! Draws one day as well as years; a day without a known amount is marked, not drawn as 0.

use jiff::{ToSpan, civil::Date};
use wfo_base::Usd;

use super::scale::{Scale, scale};
use super::svg::{Anchor, PX, Svg, width};
use crate::report::words;

/// Height of the drawing in pixels.
const HEIGHT: i64 = 230;
/// Room above the bars.
const TOP: i64 = 22;
/// Height of the bars' field.
const FIELD: i64 = 180;
/// The widest a bar gets, in hundredths of a pixel.
const WIDEST_BAR: i64 = 36 * PX;
/// How many times the dearest day a budget may be and still be drawn: a plot of bars too flat to see says nothing.
const FAR: i128 = 4;
/// Up to how many days each label names a day; above, months.
const DAY_LABELS: usize = 62;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct DayBars<'a> {
    /// Every day from first to last, also those without spend; `None` = nothing known of that day's amount.
    pub days: &'a [(Date, Option<Usd>)],
    /// The daily limit.
    pub budget: Option<Usd>,
    /// What it shows, in a sentence.
    pub label: &'a str,
}

/// Where things lie.
struct Frame {
    left: i64,
    right: i64,
    slot: i64,
    scale: Scale,
}

impl Frame {
    /// Returns the middle of the day at an index.
    fn middle(&self, at: usize) -> i64 {
        self.left + self.slot * i64::try_from(at).unwrap_or(0) / PX + self.slot / (2 * PX)
    }

    fn height_of(&self, amount: Usd) -> i64 {
        self.scale.place(amount, FIELD)
    }
}

impl DayBars<'_> {
    /// Draws it `total` pixels wide.
    #[must_use]
    pub fn draw(&self, total: i64) -> String {
        let mut svg = Svg::new(total, HEIGHT, self.label);
        let dearest = self.days.iter().filter_map(|(_, usd)| *usd).max().unwrap_or_default();
        let near = self.budget.filter(|budget| !dearest.is_positive() || *budget <= dearest.scaled(FAR, 1));
        let frame = self.frame(scale(near.map_or(dearest, |budget| budget.max(dearest))), total);
        axis(&mut svg, &frame.scale, frame.left, frame.right);
        if self.days.is_empty() || !dearest.is_positive() {
            let middle = ((frame.left + frame.right) / 2, (TOP + FIELD / 2) * PX);
            svg.words("note", middle, Anchor::Middle, "nothing was spent");
        }
        self.bars(&mut svg, &frame);
        self.labels(&mut svg, &frame);
        if let Some(budget) = near {
            let y = (TOP + FIELD) * PX - frame.height_of(budget);
            svg.line("budget", [frame.left, y, frame.right, y]);
        }
        legend(&mut svg, frame.right, self.budget, near.is_some());
        svg.end()
    }

    fn frame(&self, scale: Scale, total: i64) -> Frame {
        let left = axis_width(&scale);
        let right = (total - 4) * PX;
        let count = i64::try_from(self.days.len().max(1)).unwrap_or(i64::MAX);
        // hundredths of hundredths: over years the rounding of a slot would add up
        Frame { left, right, slot: (right - left) * PX / count, scale }
    }

    fn bars(&self, svg: &mut Svg, frame: &Frame) {
        let slot = frame.slot / PX;
        let thick = (if slot >= 3 * PX { slot * 7 / 10 } else { slot }).clamp(PX / 2, WIDEST_BAR);
        let ground = (TOP + FIELD) * PX;
        for (at, (day, usd)) in self.days.iter().enumerate() {
            let x = frame.middle(at) - thick / 2;
            match usd {
                Some(usd) if usd.is_positive() => {
                    // what is spent is seen, however little
                    let high = frame.height_of(*usd).max(PX);
                    let over = self.budget.is_some_and(|budget| *usd > budget);
                    let title = format!("{day}: {}", words::usd(*usd));
                    svg.rect(if over { "bar over" } else { "bar" }, [x, ground - high, thick, high], Some(&title));
                }
                Some(_) => {}
                None => {
                    let title = format!("{day}: no price is known");
                    svg.rect("open", [x, ground - 6 * PX, thick, 6 * PX], Some(&title));
                }
            }
        }
    }

    fn labels(&self, svg: &mut Svg, frame: &Frame) {
        let mut free = frame.left - 20 * PX;
        let y = (TOP + FIELD + 18) * PX;
        for (at, words) in self.names(frame) {
            let half = width(&words) / 2;
            let x = frame.middle(at).min(frame.right - half + 4 * PX).max(half);
            if x - half >= free {
                svg.words("tick", (x, y), Anchor::Middle, &words);
                free = x + half + 10 * PX;
            }
        }
    }

    /// Returns which days are named, and how: every n-th day back from the last one, or the first of months.
    fn names(&self, frame: &Frame) -> Vec<(usize, String)> {
        let dated = self.days.iter().enumerate();
        if self.days.len() > DAY_LABELS {
            let firsts = dated.filter(|(_, (day, _))| day.day() == 1);
            let name = |day: &Date| day.strftime(if day.month() == 1 { "%Y" } else { "%b" }).to_string();
            return firsts.map(|(at, (day, _))| (at, name(day))).collect();
        }
        let room = 56 * PX;
        let slot = (frame.slot / PX).max(1);
        let every = [1, 2, 3, 5, 7, 10, 14, 21, 28].into_iter().find(|every| slot * every >= room).unwrap_or(31);
        let every = usize::try_from(every).unwrap_or(1);
        let last = self.days.len().saturating_sub(1);
        let wanted = dated.filter(|(at, _)| (last - at).is_multiple_of(every));
        wanted.map(|(at, (day, _))| (at, day.strftime("%b %-d").to_string())).collect()
    }
}

/// Returns every day from `first` to `last` with its amount, 0 where nothing was spent; at most `limit`, the last ones.
#[must_use]
pub fn filled(
    first: Date,
    last: Date,
    limit: i64,
    amount: impl Fn(Date) -> Option<Option<Usd>>,
) -> Vec<(Date, Option<Usd>)> {
    let first = first.max(last.saturating_sub((limit - 1).max(0).days()));
    let days = first.series(1.day()).take_while(|day| *day <= last);
    days.map(|day| (day, amount(day).unwrap_or(Some(Usd::ZERO)))).collect()
}

/// Returns the room that the labels of an axis need, in hundredths of a pixel.
pub(super) fn axis_width(scale: &Scale) -> i64 {
    scale.ticks.iter().map(|tick| width(&scale.label(*tick))).max().unwrap_or(0) + 8 * PX
}

/// Draws the lines and labels of the amounts.
pub(super) fn axis(svg: &mut Svg, scale: &Scale, left: i64, right: i64) {
    for tick in &scale.ticks {
        let y = (TOP + FIELD) * PX - scale.place(*tick, FIELD);
        svg.line(if *tick == Usd::ZERO { "axis" } else { "grid" }, [left, y, right, y]);
        svg.words("tick", (left - 6 * PX, y + 4 * PX), Anchor::End, &scale.label(*tick));
    }
}

/// Says above the plot what the dashed line is: beside the line it would lie on bars.
pub(super) fn legend(svg: &mut Svg, right: i64, budget: Option<Usd>, drawn: bool) {
    let Some(budget) = budget else { return };
    let y = 12 * PX;
    if !drawn {
        return svg.words("note", (right, y), Anchor::End, &format!("budget {} is far above", words::usd(budget)));
    }
    let text = format!("budget {}", words::usd(budget));
    svg.words("mark", (right, y), Anchor::End, &text);
    let end = right - width(&text) - 4 * PX;
    svg.line("budget", [end - 26 * PX, y - 4 * PX, end, y - 4 * PX]);
}
