//! Measures the sweep over folders: `cargo run --release -p wfo-gate --example sweep -- FOLDER ...`.
//! Reads every file once before the clock starts, and shows places and rules, never a value.
#![allow(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use wfo_base::tables::{Row, built_in};
use wfo_gate::secrets::{Confidence, SecretRow, Sweep, WordsRow};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let begin = Instant::now();
    let rows: Vec<SecretRow> = serde_json::from_str(built_in::SECRETS)?;
    let words: Vec<WordsRow> = serde_json::from_str(built_in::SECRET_WORDS)?;
    for row in &rows {
        row.check()?;
    }
    let checked = begin.elapsed();
    let begin = Instant::now();
    let made = Sweep::new(&rows, &words);
    println!("all patterns checked in {checked:?}, sweep of {} rules made in {:?}", rows.len(), begin.elapsed());
    let (mut files, mut bytes, mut looking) = (0u64, 0u64, Duration::ZERO);
    let mut skipped: BTreeMap<String, u64> = BTreeMap::new();
    let mut found: BTreeMap<(Confidence, String), u64> = BTreeMap::new();
    for root in std::env::args().skip(1) {
        let mut folders = vec![PathBuf::from(&root)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    folders.push(entry.path());
                }
                let Ok(text) = std::fs::read(entry.path()) else { continue };
                if !kind.is_file() {
                    continue;
                }
                let path = entry.path();
                let path = path.strip_prefix(Path::new(&root))?.to_string_lossy().into_owned();
                let begin = Instant::now();
                let examined = made.value.examine(&path, &text);
                looking += begin.elapsed();
                files += 1;
                match examined.skipped {
                    Some(skip) if skip.whole() => {}
                    _ => bytes += text.len() as u64,
                }
                if let Some(skip) = examined.skipped {
                    *skipped.entry(format!("{skip:?}")).or_default() += 1;
                }
                for secret in examined.secrets {
                    if secret.blocks() || std::env::var_os("ALL").is_some() {
                        println!("{:?} {} {root}/{path}:{}:{}", secret.confidence, secret.rule, secret.line, secret.column);
                    }
                    *found.entry((secret.confidence, secret.rule)).or_default() += 1;
                }
            }
        }
    }
    let mib = bytes as f64 / f64::from(1 << 20);
    println!("{files} files, {mib:.1} MiB, {looking:?}, {:.0} MiB/s", mib / looking.as_secs_f64());
    println!("skipped or only for formats: {skipped:?}");
    for ((confidence, rule), count) in found {
        println!("{count:6} {confidence:?} {rule}");
    }
    for fault in made.value.faults() {
        println!("{fault}");
    }
    Ok(())
}
