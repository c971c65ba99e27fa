//! Reads single commits into facts: id, subject, and the committer's time with its own offset.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::facts::Commit;

/// Reads one commit.
pub(crate) fn commit(repo: &gix::Repository, id: ObjectId) -> Result<Commit, gix::Error> {
    let commit = repo.find_commit(id)?;
    let when = commit.time()?;
    let subject = subject(commit.message_raw_sloppy());
    Ok(Commit { id: id.to_string(), subject, time: zoned(when.seconds, when.offset) })
}

/// Makes a moment from seconds and an offset in seconds; nonsense is pulled to the nearest that exists.
pub(crate) fn zoned(seconds: i64, offset: i32) -> Zoned {
    let stamp = Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX });
    let offset = Offset::from_seconds(offset).unwrap_or(Offset::UTC);
    stamp.to_zoned(TimeZone::fixed(offset))
}

/// Takes the first paragraph of a message and joins its lines with blanks, as `%s` does.
pub(crate) fn subject(message: &[u8]) -> String {
    let mut subject = String::new();
    for line in message.lines().skip_while(|line| line.trim().is_empty()).take_while(|line| !line.trim().is_empty()) {
        if !subject.is_empty() {
            subject.push(' ');
        }
        subject.push_str(&line.trim_end().to_str_lossy());
    }
    subject
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_the_first_paragraph_on_one_line() {
        for (message, expected) in [
            ("one\n\nbody", "one"),
            ("\n\none\ntwo\n\nbody\n", "one two"),
            ("", ""),
            ("only", "only"),
            ("tail  \r\nnext", "tail next"),
        ] {
            assert_eq!(subject(message.as_bytes()), expected, "{message:?}");
        }
        assert_eq!(subject(b"caf\xe9"), "caf\u{fffd}");
    }

    #[test]
    fn a_time_keeps_its_own_offset_and_nonsense_does_not_stop_the_answer() {
        assert_eq!(zoned(1_700_000_000, 7200).strftime("%FT%T%:z").to_string(), "2023-11-15T00:13:20+02:00");
        assert_eq!(zoned(1_700_000_000, i32::MAX).offset(), Offset::UTC);
        assert_eq!(zoned(i64::MAX, 0).timestamp(), Timestamp::MAX);
        assert_eq!(zoned(i64::MIN, 0).timestamp(), Timestamp::MIN);
    }

    proptest::proptest! {
        #[test]
        fn any_message_has_a_subject_on_one_line(message: Vec<u8>, seconds: i64, offset: i32) {
            proptest::prop_assert!(!subject(&message).contains('\n'));
            let _ = zoned(seconds, offset);
        }
    }
}
