//! Stop: tells the person, once for a session and state, that work would be lost, and once for each crossing that the context gets
//! full. Never blocks, says nothing to the model, and is silent where that cannot be told at once.

use std::path::PathBuf;

use wfo_base::config::Config;
use wfo_day::unsaved::{Unsaved, unsaved};

use super::protocol::{self, Input};
use crate::context::Context;
use crate::output::Printable;
use crate::render::count;

/// The setting that switches it off.
const SETTING: &str = "remind.unsaved";

/// Answers the event.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    let silence = || Printable::plain(String::new());
    if input.stop_hook_active || input.session_id.is_empty() {
        return silence();
    }
    let folder = input.cwd.as_ref().and_then(|folder| std::fs::canonicalize(folder).ok());
    let Some(folder): Option<PathBuf> = folder.filter(|folder| folder.is_dir()) else { return silence() };
    let remind = Config::load(&context.home, None).flag(SETTING);
    let lost = remind.then(|| unsaved(&folder, &context.home, &input.session_id)).flatten();
    let lost = lost.map(|found| worded(&found, context));
    let words: Vec<String> = [super::watch::news(input, context, "person"), lost].into_iter().flatten().collect();
    if words.is_empty() { silence() } else { protocol::tell(&words.join("\n")) }
}

fn worded(found: &Unsaved, context: &Context) -> String {
    let files = (found.files > 0).then(|| match found.files {
        1 => "1 changed file is in no commit".to_owned(),
        some => format!("{some} changed files are in no commit"),
    });
    let commits = usize::try_from(found.commits).unwrap_or(usize::MAX);
    let commits = (commits > 0).then(|| {
        let verb = if commits == 1 { "is" } else { "are" };
        let place = if found.has_remotes { "remote" } else { "branch" };
        format!("{} {verb} on no {place}", count(commits, "commit"))
    });
    let handover = match found.handover {
        Some(time) => {
            let time = time.to_zoned(context.clock.now().time_zone().clone());
            format!("the hand-over is older ({})", time.strftime("%Y-%m-%d %H:%M"))
        }
        None => "nothing is handed over".to_owned(),
    };
    let parts: Vec<String> = [files, commits].into_iter().flatten().chain([handover]).collect();
    format!("wfo: {}. Before you stop, say \"end day\" or run `wfo-helper end-day`.", parts.join(", "))
}
