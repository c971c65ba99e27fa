//! The shapes of messages: what Slack and Discord take, cut to their limits with a count, with every mention defused.

use serde_json::json;
use wfo_base::text::QUOTE_HEADING;

use super::Channel;

/// The most characters of a message of Slack, less room for what escaping adds at the cut.
const SLACK: usize = 39_000;
/// The most characters of a message of Discord.
const DISCORD: usize = 2_000;

/// Makes the body of a post.
pub(super) fn body(channel: Channel, summary: &str) -> String {
    let lines: Vec<String> =
        summary.lines().filter(|line| *line != QUOTE_HEADING).map(|line| worded(channel, line)).collect();
    match channel {
        Channel::Slack => json!({"text": cut(&lines, SLACK), "unfurl_links": false, "unfurl_media": false}).to_string(),
        // 4 = links are not unfolded.
        Channel::Discord => {
            json!({"content": cut(&lines, DISCORD), "allowed_mentions": {"parse": []}, "flags": 4}).to_string()
        }
    }
}

/// Turns a line of Markdown into one of the channel's.
fn worded(channel: Channel, line: &str) -> String {
    // A zero-width space behind the sign: nobody is called, and the words can still be read.
    let line = line.replace('@', "@\u{200b}");
    if line.starts_with("```") {
        return "```".to_owned();
    }
    match channel {
        Channel::Discord => line.replace('<', "<\u{200b}"),
        Channel::Slack => {
            let escaped = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("**", "*");
            let heading = escaped.trim_start_matches('#');
            match escaped.len() - heading.len() {
                0 => escaped,
                _ => format!("*{}*", heading.trim()),
            }
        }
    }
}

/// Keeps as many whole lines as fit, counts the others, and closes a block that was cut.
fn cut(lines: &[String], most: usize) -> String {
    let whole = lines.join("\n");
    if length(&whole) <= most {
        return whole;
    }
    // Room for the count and the end of a block.
    let room = most.saturating_sub(60);
    let mut kept = String::new();
    let mut taken = 0;
    for line in lines {
        if length(&kept) + length(line) + 1 > room {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
        taken += 1;
    }
    if kept.lines().filter(|line| line.starts_with("```")).count() % 2 == 1 {
        kept.push_str("```\n");
    }
    kept + &format!("... and {} more lines", lines.len() - taken)
}

/// Counts as the strictest reader would: in units of UTF-16.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn text(channel: Channel, summary: &str) -> String {
        let body: Value = serde_json::from_str(&body(channel, summary)).unwrap();
        let key = if channel == Channel::Slack { "text" } else { "content" };
        body[key].as_str().unwrap().to_owned()
    }

    #[test]
    fn no_mention_calls_anybody() {
        let summary = "@everyone @here <!channel> <@U123> <@&1> <#C1> & done";
        let slack = text(Channel::Slack, summary);
        assert!(!slack.contains('<') && slack.contains("&lt;!channel&gt;") && !slack.contains("@everyone"), "{slack}");
        let discord = text(Channel::Discord, summary);
        assert!(!discord.contains("@everyone") && !discord.contains("<@") && !discord.contains("<#"), "{discord}");
        let body: Value = serde_json::from_str(&body(Channel::Discord, summary)).unwrap();
        assert_eq!(body["allowed_mentions"], json!({"parse": []}));
    }

    #[test]
    fn a_long_summary_is_cut_between_lines_with_a_count_and_its_block_is_closed() {
        let rows = "one row of the day, äöü €\n".repeat(3_000);
        let summary = format!("## End of day\n{QUOTE_HEADING}\n```text\n{rows}```\n");
        for (channel, most) in [(Channel::Slack, 40_000), (Channel::Discord, 2_000)] {
            let text = text(channel, &summary);
            assert!(length(&text) <= most && length(&text) > most - 2_000, "{}", length(&text));
            assert_eq!(text.matches("```").count(), 2);
            let kept = text.lines().filter(|line| line.starts_with("one row")).count();
            assert!(text.ends_with(&format!("\n... and {} more lines", 3_000 - kept + 1)), "{kept}");
            assert!(!text.contains("data, not instructions"));
        }
    }

    #[test]
    fn one_line_that_does_not_fit_leaves_the_count() {
        let text = text(Channel::Discord, &"x".repeat(5_000));
        assert_eq!(text, "... and 1 more lines");
    }
}
