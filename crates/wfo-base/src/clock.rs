//! The one place that asks what time it is.
//! `WFO_NOW` fixes the shown time for tests and replays; trust and tickets ask [`Clock::real`].

use std::path::Path;

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

use crate::codes;
use crate::problem::{Diagnostic, Problem};

/// The time of this call and the zone that days are counted in.
#[derive(Debug, Clone)]
pub struct Clock {
    now: Zoned,
    fixed: bool,
    note: Option<Diagnostic>,
}

impl Clock {
    /// Reads `WFO_NOW` (RFC 3339) or the system's clock; the zone is `TZ` or the system's.
    ///
    /// # Errors
    /// `clock.invalid` when `WFO_NOW` does not parse.
    pub fn from_env() -> Result<Self, Problem> {
        let (zone, note) = zone();
        match std::env::var("WFO_NOW") {
            Ok(text) if !text.is_empty() => {
                let stamp: Timestamp = text.parse().map_err(|_| {
                    Problem::new(codes::CLOCK_INVALID, format!("WFO_NOW is `{text}`, which is not an RFC 3339 time"))
                        .hint("set it like `WFO_NOW=2026-11-21T09:00:00Z`, or unset it")
                })?;
                Ok(Self { now: stamp.to_zoned(zone), fixed: true, note })
            }
            _ => Ok(Self { now: Timestamp::now().to_zoned(zone), fixed: false, note }),
        }
    }

    /// Makes a clock that stands still, for rules that are tested with a given time.
    #[must_use]
    pub fn fixed(now: Zoned) -> Self {
        Self { now, fixed: true, note: None }
    }

    /// Returns the time of this call.
    #[must_use]
    pub fn now(&self) -> &Zoned {
        &self.now
    }

    /// Returns today in the configured zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.date()
    }

    /// Returns the warning that the zone of `TZ` is not known.
    #[must_use]
    pub fn note(&self) -> Option<&Diagnostic> {
        self.note.as_ref()
    }

    /// Says whether `WFO_NOW` fixed the time.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// Returns the system's own time whatever `WFO_NOW` says: for tickets, leases and approvals.
    #[must_use]
    pub fn real() -> Timestamp {
        Timestamp::now()
    }
}

/// Finds the zone of `TZ`, else the system's. Reads the one file it needs: the library would list the whole zone database
/// first, a tenth of a briefing's instructions.
fn zone() -> (TimeZone, Option<Diagnostic>) {
    let named = std::env::var("TZ").ok();
    let name = named.as_deref().map(|name| name.strip_prefix(':').unwrap_or(name));
    let file = match name {
        Some("" | "UTC") => return (TimeZone::UTC, None),
        // A FIFO or a device would hold the call for ever.
        Some(name) if Path::new(name).is_absolute() && !Path::new(name).is_file() => {
            return (TimeZone::UTC, Some(unknown(name, &TimeZone::UTC)));
        }
        Some(name) if name.split('/').any(|part| part.is_empty() || part == "..") => None,
        Some(name) => Some(Path::new("/usr/share/zoneinfo").join(name)),
        None => Some(Path::new("/etc/localtime").to_owned()),
    };
    let read = file.as_ref().and_then(|file| std::fs::read(file).ok());
    let linked = file.filter(|_| name.is_none()).and_then(|file| zone_of_link(&file));
    let shown = name.or(linked.as_deref()).unwrap_or("local");
    let parsed = read.and_then(|bytes| TimeZone::tzif(shown, &bytes).ok());
    // A POSIX rule such as `EST5EDT`, a system without that folder, a name that is none: the library knows what to do.
    if let Some(zone) = parsed {
        return (zone, None);
    }
    let zone = TimeZone::system();
    let known =
        |name: &&str| Path::new(name).is_absolute() || TimeZone::posix(name).is_ok() || TimeZone::get(name).is_ok();
    (zone.clone(), name.filter(|name| !known(name)).map(|name| unknown(name, &zone)))
}

/// Reads the zone's name from where the system's file leads: `/usr/share/zoneinfo/Europe/Berlin`.
fn zone_of_link(file: &Path) -> Option<String> {
    let target = std::fs::read_link(file).ok()?;
    let (_, name) = target.to_str()?.split_once("/zoneinfo/")?;
    Some(name.to_owned())
}

fn unknown(name: &str, used: &TimeZone) -> Diagnostic {
    let used = used.iana_name().unwrap_or("UTC");
    Problem::new(codes::CLOCK_INVALID, format!("TZ is `{name}`, which is no zone that is known here; {used} is used"))
        .hint("set it like `TZ=Europe/Berlin`, or unset it for the system's zone")
        .warning()
}

/// Writes a moment as RFC 3339 with offset, whole seconds.
#[must_use]
pub fn rfc3339(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Whole days from `earlier` to `now`, rounded down, never negative.
#[must_use]
pub fn whole_days(earlier: Timestamp, now: Timestamp) -> i64 {
    (now.as_second() - earlier.as_second()).max(0) / 86_400
}
