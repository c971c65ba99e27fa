//! Measures false findings on trees of this machine: `WFO_TREES=DIR:DIR cargo test -p wfo-gate -- --ignored measure --nocapture`.
//! Names rule, place and confidence, never a value.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::print_stdout, reason = "a measurement is printed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::tests::sweep;

/// Every regular file below a folder; links are not followed.
fn files(top: &Path) -> Vec<PathBuf> {
    let (mut out, mut folders) = (Vec::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                out.push(entry.path());
            }
        }
    }
    out
}

#[test]
#[ignore = "measures trees that WFO_TREES names"]
fn measure_false_findings() {
    let trees = std::env::var("WFO_TREES").unwrap_or_default();
    for top in trees.split(':').filter(|top| !top.is_empty()).map(PathBuf::from) {
        let all = files(&top);
        let (half, rest) = all.split_at(all.len() / 2);
        let look = |part: &[PathBuf]| -> Vec<String> {
            let mut found = Vec::new();
            for file in part {
                let path = file.strip_prefix(&top).unwrap().to_string_lossy().into_owned();
                let Ok(bytes) = std::fs::read(file) else { continue };
                let secrets = sweep().examine(&path, &bytes).secrets;
                for secret in secrets.iter().chain(&sweep().file_name(&path)).filter(|secret| secret.blocks()) {
                    found.push(format!("{} {:?} {path}:{}", secret.rule, secret.confidence, secret.line));
                }
            }
            found
        };
        let found: Vec<String> = std::thread::scope(|scope| {
            let other = scope.spawn(|| look(rest));
            let mut found = look(half);
            found.extend(other.join().unwrap());
            found
        });
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        found.iter().for_each(|line| *rules.entry(line.split(' ').next().unwrap()).or_default() += 1);
        println!("{}: {} findings in {} files {rules:?}", top.display(), found.len(), all.len());
        found.iter().for_each(|line| println!("  {line}"));
    }
}
