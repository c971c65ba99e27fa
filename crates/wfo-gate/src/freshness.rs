//! Whether a report that somebody brought can be about the content that is here now. Times in, a reason out.

use jiff::{SignedDuration, Timestamp};

/// How old a report or evidence may be: 24 hours.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How far ahead of the clock a report may be dated: 2 seconds.
pub const AHEAD: SignedDuration = SignedDuration::from_secs(2);

/// What a report's time is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The time now.
    pub now: Timestamp,
    /// The time of HEAD's commit.
    pub head: Option<Timestamp>,
    /// When the newest changed file was written.
    pub newest_change: Option<Timestamp>,
}

/// Says why a report of that time does not count.
///
/// # Errors
/// The reason, one sentence: older than 24 hours, than HEAD's commit or than the newest changed file, dated ahead, or undated.
pub fn fresh(taken_at: Option<Timestamp>, times: &Times) -> Result<(), String> {
    let Some(taken_at) = taken_at else {
        return Err("nobody can tell when the report was written".to_owned());
    };
    if taken_at.duration_since(times.now) > AHEAD {
        return Err(format!("the report is dated ahead: {} is after {}", shown(taken_at), shown(times.now)));
    }
    if times.now.duration_since(taken_at) > LONGEST {
        return Err(format!("the report is stale: written {}, more than 24 hours ago", shown(taken_at)));
    }
    // commits have whole seconds
    if times.head.is_some_and(|head| taken_at.as_second() < head.as_second()) {
        return Err(format!("the report is stale: written {}, before the last commit", shown(taken_at)));
    }
    if times.newest_change.is_some_and(|change| taken_at < change) {
        return Err(format!("the report is stale: written {}, before the newest change of a file", shown(taken_at)));
    }
    Ok(())
}

fn shown(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn a_report_counts_between_the_newest_change_and_now_plus_two_seconds() {
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let ago = |seconds| now.checked_sub(SignedDuration::from_secs(seconds)).unwrap();
        let times =
            |head: Option<i64>, change: Option<i64>| Times { now, head: head.map(ago), newest_change: change.map(ago) };
        for (age, head, change, word) in [
            (0, None, None, None),
            (-2, None, None, None),
            (-3, None, None, Some("ahead")),
            (86_400, None, None, None),
            (86_401, None, None, Some("24 hours")),
            (60, Some(60), None, None),
            (60, Some(59), None, Some("last commit")),
            (60, None, Some(60), None),
            (60, None, Some(59), Some("newest change")),
            (60, Some(600), Some(600), None),
            (1, Some(-3600), None, Some("last commit")),
        ] {
            let told = fresh(Some(ago(age)), &times(head, change)).err();
            assert_eq!(told.is_some(), word.is_some(), "{age} {head:?} {change:?}: {told:?}");
            assert!(word.is_none_or(|word| told.unwrap().contains(word)), "{age} {word:?}");
        }
        assert!(fresh(None, &times(None, None)).is_err());
    }
}
