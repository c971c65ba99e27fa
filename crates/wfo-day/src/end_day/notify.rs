//! Posts the summary of a day to a webhook of Slack or Discord, by the program `curl`. The address comes from the environment only and
//! goes to curl by its standard input: no argument, answer, message or file ever holds more of it than the host's name.

mod address;
mod message;

use std::time::Duration;

use wfo_base::process::Run;
use wfo_base::{Problem, codes};

use address::Address;

/// How long a post may take.
const TIME: Duration = Duration::from_secs(10);
/// How much longer curl itself is waited for.
const GRACE: Duration = Duration::from_secs(2);

/// Where a summary can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// An incoming webhook of Slack.
    Slack,
    /// A webhook of Discord.
    Discord,
}

impl Channel {
    /// All of them, in the order in which they are posted to.
    pub const ALL: [Self; 2] = [Self::Slack, Self::Discord];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
        }
    }

    /// The variable that holds its address.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Slack => "WFO_SLACK_WEBHOOK",
            Self::Discord => "WFO_DISCORD_WEBHOOK",
        }
    }
}

/// A place that a summary is posted to.
pub struct Webhook {
    channel: Channel,
    address: Address,
}

impl Webhook {
    /// Finds the webhook of a channel, or those of all whose variable is set.
    ///
    /// # Errors
    /// `notify.no-webhook` when no variable is set, `notify.address-invalid` for one that is not posted to.
    pub fn find(channel: Option<Channel>) -> Result<Vec<Self>, Problem> {
        let asked = channel.map_or(Channel::ALL.to_vec(), |channel| vec![channel]);
        let mut found = Vec::new();
        for channel in &asked {
            let name = channel.variable();
            let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else { continue };
            let address = value.to_str().ok_or("is no text").and_then(|text| Address::parse(text.trim()));
            let address = address.map_err(|why| {
                Problem::new(codes::NOTIFY_ADDRESS, format!("the address in {name} {why}, so nothing is posted to it"))
                    .hint(format!("set {name} to the https address that the channel's settings show"))
            })?;
            found.push(Self { channel: *channel, address });
        }
        if found.is_empty() {
            let names = asked.iter().map(|channel| channel.variable()).collect::<Vec<_>>();
            return Err(Problem::new(
                codes::NOTIFY_NONE,
                format!("{} is not set, so there is nowhere to post to", names.join(" or ")),
            )
            .hint(format!(
                "set {} to the address of an incoming webhook, or leave `--notify` out",
                names.join(" or ")
            )));
        }
        Ok(found)
    }

    /// Returns its channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Returns the host's name: all of the address that may be shown.
    #[must_use]
    pub fn host(&self) -> &str {
        self.address.host()
    }

    /// Posts a summary, whose secrets have been taken out.
    ///
    /// # Errors
    /// `tool.missing` without curl, `notify.failed` when it was not taken.
    pub fn post(&self, summary: &str) -> Result<(), Problem> {
        let body = message::body(self.channel, summary);
        let seconds = TIME.as_secs().to_string();
        let mut run = Run::new("curl")
            .args(["--disable", "--silent", "--globoff", "--proto", "=https,http", "--max-redirs", "0"])
            .args(["--max-time", &seconds, "--output", "/dev/null", "--write-out", "%{http_code}", "--config", "-"])
            .input(self.request(&body))
            .limit(TIME + GRACE)
            .cap(1 << 10);
        for channel in Channel::ALL {
            run = run.env(channel.variable(), None);
        }
        let ran = run.run().map_err(|problem| match problem.code {
            codes::TOOL_TIMEOUT => self.failed("it did not answer in time"),
            _ => problem,
        })?;
        let answered: Option<u16> = std::str::from_utf8(&ran.stdout).ok().and_then(|text| text.trim().parse().ok());
        match (ran.status, answered.filter(|code| *code > 0)) {
            (Some(0), Some(200..=299)) => Ok(()),
            (Some(0), Some(code @ 300..=399)) => {
                Err(self.failed(&format!("it answered {code}, and redirects are not followed")))
            }
            (Some(0), Some(code)) => Err(self.failed(&format!("it answered {code}"))),
            (status, _) => Err(self.failed(&ended(status))),
        }
    }

    /// Writes what curl reads: the address and the body, quoted as its configuration has it.
    fn request(&self, body: &str) -> Vec<u8> {
        let mut lines = vec![
            format!("url = {}", quoted(self.address.whole())),
            format!("header = {}", quoted("Content-Type: application/json")),
            format!("header = {}", quoted("Expect:")),
            format!("data-raw = {}", quoted(body)),
        ];
        if self.address.is_loopback() {
            lines.push(format!("noproxy = {}", quoted("*")));
        }
        (lines.join("\n") + "\n").into_bytes()
    }

    fn failed(&self, why: &str) -> Problem {
        let (word, host) = (self.channel.word(), self.host());
        Problem::new(codes::NOTIFY_FAILED, format!("the summary was not posted to {word} at `{host}`: {why}"))
            .hint(format!("the day is done; check {} and run it again with `--notify {word}`", self.channel.variable()))
    }
}

/// Quotes a value for curl's configuration.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r"))
}

/// Words why curl gave up, by its exit status; what it printed may hold the address and is not shown.
fn ended(status: Option<i32>) -> String {
    match status {
        Some(5 | 6) => "its name could not be found".to_owned(),
        Some(7) => "nobody answers there".to_owned(),
        Some(28) => format!("it did not answer within {} s", TIME.as_secs()),
        Some(35 | 51 | 58..=60 | 77 | 83 | 91) => "no secure connection could be made".to_owned(),
        Some(1 | 52 | 55 | 56 | 61 | 8 | 18 | 92) => "its answer is none".to_owned(),
        Some(status) => format!("curl ended with status {status}"),
        None => "curl was ended by a signal".to_owned(),
    }
}
