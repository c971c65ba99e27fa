//! Tells which file systems are mounted below a folder: what is in them belongs to somebody else.

use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The kernel's list of mounts, on Linux.
const LIST: &str = "/proc/self/mountinfo";

/// Counts the mounts at a folder (absolute, links resolved) or below it; `None` when the system has a list and it cannot be read.
/// A system without one (macOS) is not asked.
#[must_use]
pub fn below(folder: &Path) -> Option<usize> {
    match std::fs::read_to_string(LIST) {
        Ok(list) => Some(list.lines().filter_map(place).filter(|place| place.starts_with(folder)).count()),
        Err(error) => (error.kind() == std::io::ErrorKind::NotFound).then_some(0),
    }
}

/// Reads the fifth word of a line, in which `\\040` stands for a blank.
fn place(line: &str) -> Option<PathBuf> {
    let mut bytes = line.split(' ').nth(4)?.bytes();
    let mut path = Vec::new();
    while let Some(byte) = bytes.next() {
        let digits: Option<Vec<u8>> = (byte == b'\\').then(|| bytes.by_ref().take(3).collect());
        let number = digits
            .map(|digits| digits.iter().fold(0_u32, |sum, digit| sum * 8 + u32::from(digit.wrapping_sub(b'0') & 7)));
        path.push(number.map_or(Some(byte), |number| u8::try_from(number).ok())?);
    }
    Some(PathBuf::from(std::ffi::OsString::from_vec(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_found_by_its_place_with_blanks() {
        let line = "36 35 98:0 / /a\\040b/c rw,noatime master:1 - ext4 /dev/sda1 rw";
        assert_eq!(place(line), Some(PathBuf::from("/a b/c")));
        assert_eq!(place("36 35"), None);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(below(folder.path()), Some(0));
        if Path::new(LIST).exists() {
            assert!(below(Path::new("/")).is_some_and(|count| count > 0));
        }
    }
}
