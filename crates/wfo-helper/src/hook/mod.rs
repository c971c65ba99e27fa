//! The host's hooks: reads the host's JSON on stdin, answers in the host's way.
//! Never fails a session: what cannot be read, or does not concern us, is answered by silence and exit 0.

mod budget;
mod commit;
mod guard;
mod paths;
mod pre_tool_use;
mod protocol;
mod session_start;
mod shell;
mod stop;
mod user_prompt_submit;
mod watch;
mod worktree;

use wfo_base::trust::{self, Holder};

pub(crate) use self::commit::MEND;
use self::protocol::{Input, Message};
use crate::context::Context;
use crate::output::Printable;

/// Answers one event, named in kebab case.
pub(crate) fn answer(event: &str, context: &Context) -> Printable {
    let silence = || Printable::plain(String::new());
    let input = match protocol::read_stdin() {
        // An odd message is nobody's; only the guard looks at it all the same.
        Message::Input(input) if input.odd && event != "pre-tool-use" => return silence(),
        Message::Input(input) => *input,
        // A tool call that was not looked at might be a confirmation.
        Message::TooLarge if event == "pre-tool-use" => {
            return protocol::deny("this tool call is too large for wfo to look at; make it smaller");
        }
        // Not readable as a message of the host, but perhaps as one about us: nothing that confirms may slip through.
        Message::Foreign(text) if event == "pre-tool-use" && protocol::may_confirm(&text) => {
            return protocol::deny("this tool call cannot be read; run wfo-helper in plain words");
        }
        Message::TooLarge | Message::Foreign(_) => return silence(),
    };
    match event {
        "session-start" => session_start::answer(&input, context),
        "user-prompt-submit" => user_prompt_submit::answer(&input, context),
        "pre-tool-use" => pre_tool_use::answer(&input, context),
        "stop" => stop::answer(&input, context),
        "pre-compact" => watch::before_compaction(&input, context),
        "worktree-create" => worktree::create(&input, context),
        "worktree-remove" => worktree::remove(&input, context),
        "post-tool-batch" => {
            forget_tickets(&input, context);
            silence()
        }
        _ => silence(),
    }
}

/// Ends the tickets of calls that are over. The host calls no hook when a person says no, so the next event does it:
/// calls of one agent come one after another, and an older ticket of the same agent was denied or used.
fn forget_tickets(input: &Input, context: &Context) {
    trust::forget(&context.home, &holder(input));
}

fn holder(input: &Input) -> Holder {
    Holder { session: input.session_id.clone(), agent: input.agent_id.clone() }
}
