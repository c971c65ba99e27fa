//! What a feature cost, noted in its TODO: one key of the front matter, and only where it says something else.

use wfo_base::trust;
use wfo_base::{Diagnostic, Problem, Usd};
use wfo_todo::front::{Content, Edit, Front, Route};
use wfo_todo::phase::Fact;

use crate::todo::{Site, put};

fn cost_route() -> Route {
    Route::keys(["metadata", "cost_usd"])
}

/// Says whether a known cost is not what the TODO says.
pub(super) fn is_new(file: &str, page: &[u8], cost: &Fact<Usd>) -> bool {
    let Some(usd) = cost.known() else { return false };
    let Ok(front) = Front::read(file, page) else { return false };
    let said = front.get(&cost_route()).and_then(|value| serde_json::to_value(value).ok());
    let said = said.and_then(|value| match value {
        serde_json::Value::String(text) => Usd::parse(&text),
        serde_json::Value::Number(number) => Usd::parse(&number.to_string()),
        _ => None,
    });
    said.as_ref() != Some(usd)
}

/// Writes the cost into the TODO, as long as that is what was shown.
pub(super) fn log_cost(
    site: &Site<'_>,
    file: &str,
    usd: Usd,
    shown: &str,
    notes: &mut Vec<Diagnostic>,
) -> Result<Vec<String>, Problem> {
    let edited = put::edit(site, file, notes, |front| {
        if trust::digest(front.page()) != shown {
            return Err(put::changed(file));
        }
        let edit = Edit::Set(cost_route(), Content::Number(usd.plain()));
        Ok((front.edit(&[edit])?, ()))
    })?;
    Ok(edited.files)
}
