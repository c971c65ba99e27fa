//! The base score of CVSS version 3, as its specification (first.org, "CVSS v3.1", section 7.1) computes it, in whole numbers
//! where it rounds. Version 2 and 4 vectors are not computed: they give nothing, which blocks.

use crate::finding::Severity;

/// The base score in tenths, 0 to 100, of a vector such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`;
/// `None` for another version, a missing, repeated or unknown base metric.
#[must_use]
pub fn base_score(vector: &str) -> Option<u8> {
    let vector = vector.trim();
    let metrics = vector.strip_prefix("CVSS:3.1/").or_else(|| vector.strip_prefix("CVSS:3.0/"))?;
    let mut base = [None; 8];
    for metric in metrics.split('/') {
        let (name, value) = metric.split_once(':')?;
        // temporal and environmental metrics do not touch the base score
        let Some(index) = NAMES.iter().position(|known| *known == name) else { continue };
        let slot = base.get_mut(index)?;
        if slot.replace(value).is_some() {
            return None;
        }
    }
    let [Some(av), Some(ac), Some(pr), Some(ui), Some(scope), Some(c), Some(i), Some(a)] = base else { return None };
    let changed = match scope {
        "U" => false,
        "C" => true,
        _ => return None,
    };
    let exploitability = 8.22 * attack_vector(av)? * complexity(ac)? * privileges(pr, changed)? * interaction(ui)?;
    let iss = 1.0 - (1.0 - loss(c)?) * (1.0 - loss(i)?) * (1.0 - loss(a)?);
    let impact = if changed { 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02).powi(15) } else { 6.42 * iss };
    if impact <= 0.0 {
        return Some(0);
    }
    let sum = if changed { 1.08 * (impact + exploitability) } else { impact + exploitability };
    Some(round_up(sum.min(10.0)))
}

const NAMES: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];

/// The specification's `Roundup`: to tenths, upwards, on hundred-thousandths so that no float error counts.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10")]
fn round_up(score: f64) -> u8 {
    let whole = (score * 100_000.0).round() as u32;
    let tenths = whole.div_ceil(10_000);
    u8::try_from(tenths).unwrap_or(100)
}

fn attack_vector(value: &str) -> Option<f64> {
    Some(match value {
        "N" => 0.85,
        "A" => 0.62,
        "L" => 0.55,
        "P" => 0.2,
        _ => return None,
    })
}

fn complexity(value: &str) -> Option<f64> {
    Some(match value {
        "L" => 0.77,
        "H" => 0.44,
        _ => return None,
    })
}

fn privileges(value: &str, changed: bool) -> Option<f64> {
    Some(match (value, changed) {
        ("N", _) => 0.85,
        ("L", false) => 0.62,
        ("L", true) => 0.68,
        ("H", false) => 0.27,
        ("H", true) => 0.5,
        _ => return None,
    })
}

fn interaction(value: &str) -> Option<f64> {
    Some(match value {
        "N" => 0.85,
        "R" => 0.62,
        _ => return None,
    })
}

fn loss(value: &str) -> Option<f64> {
    Some(match value {
        "H" => 0.56,
        "L" => 0.22,
        "N" => 0.0,
        _ => return None,
    })
}

/// The severity of a score in tenths: none, low from 0.1, medium from 4.0, high from 7.0, critical from 9.0.
#[must_use]
pub const fn of_tenths(tenths: u8) -> Severity {
    match tenths {
        0 => Severity::Info,
        1..=39 => Severity::Low,
        40..=69 => Severity::Medium,
        70..=89 => Severity::High,
        _ => Severity::Critical,
    }
}

/// The severity of a vector; unknown when it gives no score.
#[must_use]
pub fn of_vector(vector: &str) -> Severity {
    base_score(vector).map_or(Severity::Unknown, of_tenths)
}

/// The severity of a score that is written as a decimal from 0 to 10; `None` for anything else.
#[must_use]
pub fn of_score(score: &str) -> Option<Severity> {
    let (whole, decimals) = score.trim().split_once('.').unwrap_or((score.trim(), "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(decimals) || whole.len() > 2 {
        return None;
    }
    let tenth = decimals.bytes().next().map_or(0, |digit| digit.saturating_sub(b'0'));
    let tenths = whole.parse::<u8>().ok()?.checked_mul(10)?.checked_add(tenth)?;
    // 0.04 is more than none
    let more = decimals.bytes().skip(1).any(|digit| digit != b'0');
    match tenths {
        0 if more => Some(Severity::Low),
        0..=100 => Some(of_tenths(tenths)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores as the advisories of these numbers publish them.
    #[test]
    fn base_scores_are_those_that_are_published() {
        for (vector, tenths) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L", 53),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N", 74),
            ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 78),
            ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 16),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64),
            ("CVSS:3.1/AV:A/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H", 84),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C", 98),
        ] {
            assert_eq!(base_score(vector), Some(tenths), "{vector}");
        }
    }

    #[test]
    fn what_is_no_vector_of_version_3_has_no_score() {
        for vector in [
            "",
            "AV:N/AC:L/Au:N/C:P/I:P/A:P",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H",
            "CVSS:3.1/AVN",
        ] {
            assert_eq!(base_score(vector), None, "{vector}");
            assert_eq!(of_vector(vector), Severity::Unknown);
        }
    }

    #[test]
    fn a_score_falls_into_its_band() {
        for (score, severity) in [
            ("9.8", Some(Severity::Critical)),
            ("9", Some(Severity::Critical)),
            ("8.9", Some(Severity::High)),
            ("6.95", Some(Severity::Medium)),
            ("0.05", Some(Severity::Low)),
            ("0.0", Some(Severity::Info)),
            ("10.0", Some(Severity::Critical)),
            ("10.1", None),
            ("", None),
            ("-1", None),
            ("NaN", None),
            ("1e1", None),
        ] {
            assert_eq!(of_score(score), severity, "{score}");
        }
    }
}
