//! Draws figures as SVG text: bars of days, rankings, a month against its budget.
//! Pure: data in, text out; colours are left to the page's style, and every text is escaped.

pub mod days;
pub mod month;
pub mod ranking;
pub mod scale;
mod svg;

pub use days::DayBars;
pub use month::MonthLine;
pub use ranking::Ranking;

/// Width of a drawing for a wide screen, in pixels.
pub const WIDE: i64 = 520;
/// Width of a drawing for a phone, in pixels.
pub const NARROW: i64 = 320;

#[cfg(test)]
mod tests;
