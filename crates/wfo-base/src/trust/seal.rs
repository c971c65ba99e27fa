//! Seals: records that only this user's wfo can have written. A changed byte breaks the seal.

use super::key;
use crate::home::Home;
use crate::problem::Problem;

/// Seals a text for a purpose; the same text for another purpose has another seal.
///
/// # Errors
/// When the key can neither be read nor made.
pub fn seal(home: &Home, purpose: &str, text: &str) -> Result<String, Problem> {
    let key = key::load_or_make(home)?;
    Ok(data_encoding::HEXLOWER.encode(&key::sign(&key, &["seal", purpose, text])?))
}

/// Says whether a text carries its seal.
///
/// # Errors
/// As [`seal`].
pub fn is_sealed(home: &Home, purpose: &str, text: &str, by: &str) -> Result<bool, Problem> {
    Ok(seal(home, purpose, text)? == by)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn a_seal_holds_for_one_text_one_purpose_and_one_user() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (ada, bob) = (Home::at(a.path().into()), Home::at(b.path().into()));
        let made = seal(&ada, "evidence", "text").unwrap();
        assert!(is_sealed(&ada, "evidence", "text", &made).unwrap());
        assert!(!is_sealed(&ada, "evidence", "texts", &made).unwrap());
        assert!(!is_sealed(&ada, "waiver", "text", &made).unwrap());
        assert!(!is_sealed(&bob, "evidence", "text", &made).unwrap());
    }
}
