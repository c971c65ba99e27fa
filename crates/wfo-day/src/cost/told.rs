//! Which alerts are news: each is told once for a scope, level and period; of the user's limits once over all projects.
//! What was told lies in `CONFIG/wfo/cost/told.json`; when in doubt an alert is told twice rather than never.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::value::RawValue;
use wfo_base::{Usd, atomic, read};
use wfo_cost::alerts::judged;
use wfo_cost::budget::told::{Told, fresh};
use wfo_cost::{Alert, Limits, Origin};

use super::accounts::Accounts;
use super::state::State;

/// Where it is noted.
const TOLD: &str = "cost/told.json";
/// The key of the user's limits.
const USER: &str = "user";
/// How long another session is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// What was told, by whose limits: `user`, or the main checkout of a repository.
type All = BTreeMap<String, Box<RawValue>>;

/// Returns the alerts that were not told yet, and notes that they are told now.
pub fn fresh_alerts(accounts: &Accounts<'_>, state: &State) -> Vec<Alert> {
    let of = |user: bool| {
        let limits = state.budgets.judged.iter().filter(|limit| (limit.origin == Origin::User) == user);
        let pairs: Vec<(Limits, Option<Usd>)> =
            limits.map(|limit| (*limit, state.spent.by(limit.origin).of(limit.scope))).collect();
        judged(&pairs, &state.budgets.alert_remaining)
    };
    let sides = [(USER.to_owned(), of(true)), (accounts.place.identity(), of(false))];
    if sides.iter().all(|(_, alerts)| alerts.is_empty()) {
        return Vec::new();
    }
    // Mostly there is nothing new, and no lock is needed to see that.
    let (news, _) = compared(&load(accounts), &sides, accounts);
    if news.is_empty() || accounts.dry_run {
        return news;
    }
    let path = accounts.home.wfo(TOLD);
    let _ = path.parent().map(|folder| atomic::make_folder(folder, true));
    let told = atomic::locked_within(&path, PATIENCE, || {
        let (news, all) = compared(&load(accounts), &sides, accounts);
        if !news.is_empty() {
            let _ = serde_json::to_vec(&all).map(|bytes| atomic::write_cache(&path, &bytes));
        }
        Ok(news)
    });
    told.unwrap_or(news)
}

/// Compares alerts with what was told; returns the new ones and what is told with them.
fn compared(all: &All, sides: &[(String, Vec<Alert>)], accounts: &Accounts<'_>) -> (Vec<Alert>, All) {
    let today = accounts.clock.today();
    let (mut news, mut after) = (Vec::new(), All::new());
    for (key, old) in all {
        // What is of no running period drops out, so that the file does not grow.
        let text = Told::parse(old.get(), today).text();
        if text != "[]" {
            after.extend(RawValue::from_string(text).ok().map(|raw| (key.clone(), raw)));
        }
    }
    for (key, alerts) in sides {
        let told = all.get(key).map(|raw| Told::parse(raw.get(), today)).unwrap_or_default();
        let (fresh, told) = fresh(alerts, &told, today);
        news.extend(fresh);
        after.extend(RawValue::from_string(told.text()).ok().map(|raw| (key.clone(), raw)));
    }
    news.sort_by(|a, b| b.level.cmp(&a.level).then(a.scope.cmp(&b.scope)));
    (news, after)
}

fn load(accounts: &Accounts<'_>) -> All {
    let bytes = read::own_bytes(&accounts.home.wfo(TOLD), read::PAGE_LIMIT).ok().flatten();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}
