//! The user's secret that makes proposal ids: 32 random bytes in `CONFIG/wfo/key`, made on first need, 0600.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::home::Home;
use crate::problem::Problem;
use crate::{atomic, codes, read};

/// Length of the key in bytes.
const LENGTH: usize = 32;

/// Reads the key, or makes it.
///
/// # Errors
/// When it can neither be read nor written.
pub(super) fn load_or_make(home: &Home) -> Result<Vec<u8>, Problem> {
    if let Some(key) = present(home)? {
        return Ok(key);
    }
    atomic::make_folder(&home.wfo(""), true)?;
    let path = home.wfo("key");
    atomic::locked(&path, || {
        // Another process may have made it while we waited.
        if let Some(key) = present(home)? {
            return Ok(key);
        }
        let key = random::<LENGTH>()?;
        let text = data_encoding::HEXLOWER.encode(&key);
        atomic::write_private(&path, text.as_bytes())?;
        Ok(key.to_vec())
    })
}

fn present(home: &Home) -> Result<Option<Vec<u8>>, Problem> {
    let path = home.wfo("key");
    let Some(page) = read::own(&path, 1024)? else { return Ok(None) };
    match data_encoding::HEXLOWER.decode(page.text.trim().as_bytes()) {
        Ok(key) if key.len() == LENGTH => Ok(Some(key)),
        _ => Err(Problem::new(codes::FILE_UNREADABLE, format!("`{}` is not a key of wfo", path.display()))
            .hint("remove it: a new one is made, and open proposals are then stale")),
    }
}

/// Returns random bytes from the system.
///
/// # Errors
/// When the system has none.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::new(codes::TOOL_FAILED, format!("the system gave no random bytes: {error}")))?;
    Ok(bytes)
}

/// Returns HMAC-SHA-256 over the parts, each with its length before it, so that no two lists of parts look alike.
///
/// # Errors
/// Never with a key of ours; the library's type has the case.
pub(super) fn sign(key: &[u8], parts: &[&str]) -> Result<Vec<u8>, Problem> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|error| Problem::new(codes::BUG, format!("the key was refused: {error}")))?;
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    Ok(mac.finalize().into_bytes().to_vec())
}
