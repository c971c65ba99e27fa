//! A month's spend, adding up day by day, against its budget, with the projection to its end.
//! Draws what it is given; it works out no projection itself.

use jiff::civil::Date;
use wfo_base::Usd;

use super::days::{axis, axis_width, legend};
use super::scale::scale;
use super::svg::{Anchor, PX, Svg, width};
use crate::report::words;

/// Height of the drawing in pixels.
const HEIGHT: i64 = 230;
/// Room above the lines.
const TOP: i64 = 22;
/// Height of the field.
const FIELD: i64 = 180;
/// How many times the largest amount a budget may be and still be drawn.
const FAR: i128 = 8;
/// The days of the month that are named, besides the last.
const NAMED: [i8; 4] = [1, 8, 15, 22];

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct MonthLine<'a> {
    /// Today: the line ends here.
    pub today: Date,
    /// Known amounts by day, in order; days of other months are left out.
    pub days: &'a [(Date, Usd)],
    /// The monthly limit.
    pub budget: Option<Usd>,
    /// What the month will come to.
    pub projected: Option<Usd>,
    /// What it shows, in a sentence.
    pub label: &'a str,
}

/// Where things lie.
struct Frame {
    left: i64,
    right: i64,
    length: i64,
}

impl Frame {
    /// Returns where a day ends.
    fn end_of(&self, day: i8) -> i64 {
        self.left + (self.right - self.left) * i64::from(day) / self.length
    }
}

impl MonthLine<'_> {
    /// Draws it `total` pixels wide.
    #[must_use]
    pub fn draw(&self, total: i64) -> String {
        let mut svg = Svg::new(total, HEIGHT, self.label);
        let steps = self.steps();
        let spent = steps.last().map_or(Usd::ZERO, |(_, usd)| *usd);
        let highest = steps.iter().map(|(_, usd)| *usd).chain(self.projected).max().unwrap_or_default();
        let near = self.budget.filter(|budget| !highest.is_positive() || *budget <= highest.scaled(FAR, 1));
        let scale = scale(near.map_or(highest, |budget| budget.max(highest)));
        let frame = Frame {
            left: axis_width(&scale),
            right: (total - 8) * PX,
            length: i64::from(self.today.days_in_month()).max(1),
        };
        axis(&mut svg, &scale, frame.left, frame.right);
        self.labels(&mut svg, &frame);
        let ground = (TOP + FIELD) * PX;
        let place = |day: i8, usd: Usd| (frame.end_of(day), ground - scale.place(usd, FIELD));
        let line: Vec<(i64, i64)> =
            std::iter::once((frame.left, ground)).chain(steps.iter().map(|(day, usd)| place(*day, *usd))).collect();
        let now = place(self.today.day(), spent);
        let area: Vec<(i64, i64)> = line.iter().copied().chain([(now.0, ground)]).collect();
        svg.path("area", &area, true);
        if let Some(projected) = self.projected.filter(|_| self.today.day() < self.today.days_in_month()) {
            let end = place(self.today.days_in_month(), projected);
            svg.path("projection", &[now, end], false);
            svg.dot("aim", end, &format!("projected {}", words::usd(projected)));
        }
        svg.path("run", &line, false);
        svg.dot("now", now, &format!("{}: {}", self.today, words::usd(spent)));
        if let Some(budget) = near {
            let y = ground - scale.place(budget, FIELD);
            svg.line("budget", [frame.left, y, frame.right, y]);
        }
        legend(&mut svg, frame.right, self.budget, near.is_some());
        svg.end()
    }

    /// Returns what had been spent by the end of each day up to today.
    fn steps(&self) -> Vec<(i8, Usd)> {
        let first = self.today.first_of_month();
        let mut spent = Usd::ZERO;
        let mut steps = Vec::new();
        for day in 1..=self.today.day() {
            let on = self.days.iter().filter(|(date, _)| date.day() == day && date.first_of_month() == first);
            spent = on.fold(spent, |sum, (_, usd)| sum + *usd);
            steps.push((day, spent));
        }
        steps
    }

    fn labels(&self, svg: &mut Svg, frame: &Frame) {
        let y = (TOP + FIELD + 18) * PX;
        for day in NAMED.into_iter().chain([self.today.days_in_month()]) {
            let words = if day == 1 { self.today.strftime("%b 1").to_string() } else { day.to_string() };
            let half = width(&words) / 2;
            let middle = (frame.end_of(day - 1) + frame.end_of(day)) / 2;
            let x = middle.min(frame.right - half + 8 * PX);
            svg.words("tick", (x, y), Anchor::Middle, &words);
        }
    }
}
