//! The main conversation of each session, in order of time.
//! Calls of sub-agents are left out: several run side by side, so gaps and growth between them mean nothing.

use std::collections::BTreeMap;

use crate::spending::Call;

/// Returns each session's own calls to one model, in order of time, by session and model.
pub(super) fn threads<'a>(calls: &[&'a Call]) -> BTreeMap<(&'a str, &'a str), Vec<&'a Call>> {
    let mut threads: BTreeMap<(&str, &str), Vec<&Call>> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.agent.is_none()) {
        threads.entry((&call.session, &call.model)).or_default().push(call);
    }
    for thread in threads.values_mut() {
        thread.sort_by_key(|call| call.at);
    }
    threads
}
