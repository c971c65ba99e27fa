//! Reads `costs/by-feature.jsonl`: what a task has cost on average.
//! Adds dollars to dollars only, whatever an older line's own total says.

use wfo_base::{Noted, Usd};

use crate::costs::Page;
use crate::daily::broken;
use crate::json::Object;
use crate::spending::Kind;

/// Returns the mean cost of the lines that have one; `None` when none has.
#[must_use]
pub fn average(page: &Page) -> Noted<Option<Usd>> {
    let (mut sum, mut count, mut bad) = (Usd::ZERO, 0_usize, Vec::new());
    for (index, line) in page.text.as_deref().unwrap_or_default().lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match Object::parse(line) {
            Ok(object) => {
                if let Some(amount) = cost(&object) {
                    sum = sum + amount;
                    count += 1;
                }
            }
            Err(_) => bad.push(index + 1),
        }
    }
    let notes = bad_lines(&page.name, &bad, "left out of the mean");
    Noted { value: sum.mean(count), notes }
}

/// Returns the cost of one line in any of its three shapes: `cost`, the dollars in `costs{}`, or `costs.total`.
fn cost(line: &Object<'_>) -> Option<Usd> {
    if let Some(amount) = line.amount("cost") {
        return Some(amount);
    }
    let parts = dollars(&line.object("costs")?);
    (!parts.is_empty()).then(|| parts.into_iter().map(|(_, amount)| amount).sum())
}

/// Returns what an older line's `costs{}` say in dollars, by kind.
pub(crate) fn dollars(costs: &Object<'_>) -> Vec<(Kind, Usd)> {
    // `costs.total` of older lines adds hours and tokens to dollars, so the dollars come first
    let keys = [(Kind::Inference, "llm_cost"), (Kind::Compute, "infrastructure")];
    let parts: Vec<_> = keys.into_iter().filter_map(|(kind, key)| Some((kind, costs.amount(key)?))).collect();
    let total = || costs.amount("total").map(|total| (Kind::Inference, total));
    if parts.is_empty() { total().into_iter().collect() } else { parts }
}

/// Makes one warning for all lines that could not be read; `effect` is what that does to the figures.
pub(crate) fn bad_lines(name: &str, bad: &[usize], effect: &str) -> Vec<wfo_base::Diagnostic> {
    let Some(first) = bad.first() else { return Vec::new() };
    let message = match bad.len() {
        1 => format!("line {first} cannot be read: {effect}"),
        count => format!("{count} lines cannot be read, the first is line {first}: {effect}"),
    };
    let mut problem = broken(name, &message, None).at_line(name, *first);
    problem.hint = Some(format!("correct or remove line {first} of `{name}`"));
    vec![problem.warning()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn average_of(text: &str) -> (Option<String>, usize) {
        let noted = average(&Page::new("costs/by-feature.jsonl", text));
        (noted.value.map(Usd::plain), noted.notes.len())
    }

    #[test]
    fn the_three_shapes_of_a_line_all_count() {
        let text = "{\"feature\": \"login\", \"cost\": 1.20, \"date\": \"2026-11-01\"}\n\
                    {\"task\": \"research\", \"topic\": \"db\", \"cost\": 0.3}\n\
                    {\"feature\": \"pay\", \"costs\": {\"total\": 3}}\n";
        assert_eq!(average_of(text), (Some("1.5".into()), 0));
    }

    #[test]
    fn hours_and_tokens_are_not_added_to_dollars() {
        let text = "{\"costs\": {\"development_hours\": 6, \"llm_tokens\": 90000, \"llm_cost\": 0.5, \
                    \"infrastructure\": 0.1, \"total\": 90006.6}}";
        assert_eq!(average_of(text), (Some("0.6".into()), 0));
    }

    #[test]
    fn a_mean_over_nothing_is_unknown() {
        for text in ["", "\n\n", "{\"feature\": \"x\"}\n", "{\"feature\": \"x\", \"cost\": null}"] {
            assert_eq!(average_of(text), (None, 0), "{text}");
        }
    }

    #[test]
    fn a_broken_line_is_named_and_the_others_count() {
        let noted = average(&Page::new("costs/by-feature.jsonl", "{\"cost\": 1}\n{\"cost\":\n{\"cost\": 2}\nx\n"));
        assert_eq!(noted.value.map(Usd::plain).as_deref(), Some("1.5"));
        assert_eq!(noted.notes.len(), 1);
        assert_eq!(noted.notes[0].problem.location.as_ref().unwrap().line, Some(2));
    }
}
