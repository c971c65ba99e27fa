//! Finds tasks that wait for each other. Walks without recursion, each dependency once.

use std::collections::BTreeMap;

/// The most circles that are named.
const CIRCLES: usize = 20;

/// Finds circles, each from one of its members on and back to it.
pub(super) fn circles(waits: &BTreeMap<String, Vec<String>>) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    // on the present way: true; left for good: false
    let mut state: BTreeMap<&str, bool> = BTreeMap::new();
    for start in waits.keys() {
        if state.contains_key(start.as_str()) {
            continue;
        }
        state.insert(start, true);
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((id, at)) = way.last_mut() {
            let next = waits.get(*id).and_then(|list| list.get(*at));
            *at += 1;
            let Some(next) = next else {
                state.insert(*id, false);
                way.pop();
                continue;
            };
            match (waits.get_key_value(next), state.get(next.as_str())) {
                (Some((next, _)), None) => {
                    state.insert(next, true);
                    way.push((next, 0));
                }
                (Some(_), Some(true)) if found.len() < CIRCLES => {
                    let circle = way.iter().map(|(id, _)| *id).skip_while(|id| id != next);
                    found.push(circle.chain([next.as_str()]).map(str::to_owned).collect());
                }
                _ => {}
            }
        }
    }
    found
}
