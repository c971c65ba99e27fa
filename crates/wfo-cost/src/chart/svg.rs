//! Writes SVG elements. Coordinates are hundredths of a pixel, so that no float is needed.
//! Every text and every attribute that comes from outside is folded to one line and escaped.

use std::fmt::Write as _;

use wfo_base::text::one_line;

/// One hundred of these are a pixel.
pub(crate) const PX: i64 = 100;
/// How wide a character is taken to be at 12 pixels, in hundredths of a pixel.
const CHARACTER: i64 = 690;

/// Where a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A drawing in the making.
pub(crate) struct Svg {
    text: String,
}

impl Svg {
    /// Begins a drawing; `label` says to those who cannot see it what it shows.
    pub(crate) fn new(width: i64, height: i64, label: &str) -> Self {
        let label = escape(label);
        let text = format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\"><title>{label}</title>\n"
        );
        Self { text }
    }

    pub(crate) fn rect(&mut self, class: &str, [x, y, width, height]: [i64; 4], title: Option<&str>) {
        let [x, y, width, height] = [x, y, width.max(0), height.max(0)].map(px);
        let _ = write!(self.text, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        match title {
            Some(title) => {
                let _ = writeln!(self.text, "><title>{}</title></rect>", escape(title));
            }
            None => self.text.push_str("/>\n"),
        }
    }

    pub(crate) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [i64; 4]) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(px);
        let _ = writeln!(self.text, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    pub(crate) fn path(&mut self, class: &str, points: &[(i64, i64)], close: bool) {
        let mut shape = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(shape, "{}{} {}", if at == 0 { 'M' } else { 'L' }, px(*x), px(*y));
        }
        if close {
            shape.push('Z');
        }
        let _ = writeln!(self.text, "<path class=\"{class}\" d=\"{shape}\"/>");
    }

    pub(crate) fn dot(&mut self, class: &str, (x, y): (i64, i64), title: &str) {
        let _ = writeln!(
            self.text,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"4\"><title>{}</title></circle>",
            px(x),
            px(y),
            escape(title)
        );
    }

    pub(crate) fn words(&mut self, class: &str, (x, y): (i64, i64), anchor: Anchor, words: &str) {
        let (x, y, anchor, words) = (px(x), px(y), anchor.word(), escape(words));
        let _ =
            writeln!(self.text, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>");
    }

    pub(crate) fn end(mut self) -> String {
        self.text.push_str("</svg>");
        self.text
    }
}

/// Returns how wide a text is at most, in hundredths of a pixel.
pub(crate) fn width(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX / CHARACTER).saturating_mul(CHARACTER)
}

/// Makes text harmless inside an element or an attribute in double quotes.
pub(crate) fn escape(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Writes hundredths of a pixel.
fn px(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let magnitude = hundredths.unsigned_abs();
    match (magnitude / 100, magnitude % 100) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, part) if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        (whole, part) => format!("{sign}{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_written_without_a_float() {
        for (hundredths, text) in [(0, "0"), (100, "1"), (150, "1.5"), (105, "1.05"), (-50, "-0.5"), (7, "0.07")] {
            assert_eq!(px(hundredths), text);
        }
    }

    #[test]
    fn text_cannot_leave_its_element() {
        let mut svg = Svg::new(10, 10, "a\"><script>");
        svg.words("c", (0, 0), Anchor::Start, "</text><script>alert('x')</script>&\u{1b}[31m\u{202e}");
        let text = svg.end();
        assert!(!text.contains("<script"), "{text}");
        assert!(text.contains("aria-label=\"a&quot;&gt;&lt;script&gt;\""), "{text}");
        assert!(text.contains(">&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</text>"), "{text}");
    }
}
