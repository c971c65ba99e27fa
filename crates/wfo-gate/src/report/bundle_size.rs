//! Reads sizes of what is delivered, in bytes: size-limit's `--json`, webpack's `--json` stats, or a plain object of names
//! and bytes. What grew since when is not its affair.

use serde::Deserialize;

use super::figures::Bundle;
use super::json::{self, Count, Pairs, or_default};
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

/// A row of size-limit; `passed` is absent without a limit.
#[derive(Deserialize)]
struct Limited {
    name: String,
    passed: Option<bool>,
    size: Option<u64>,
}

#[derive(Deserialize)]
struct Stats {
    errors: Count,
    #[serde(default, deserialize_with = "or_default")]
    assets: Vec<Asset>,
    #[serde(default, deserialize_with = "or_default")]
    children: Vec<Child>,
}

/// One of several compilers.
#[derive(Deserialize)]
struct Child {
    #[serde(default)]
    errors: Count,
    #[serde(default, deserialize_with = "or_default")]
    assets: Vec<Asset>,
}

#[derive(Deserialize)]
struct Asset {
    name: String,
    size: u64,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(Tool::BundleSize);
    if text.trim_start().starts_with('[') {
        limited(text, &mut report)?;
    } else if let Ok(sizes) = json::object::<Pairs<u64>>("bundle sizes", text) {
        sizes.0.iter().for_each(|(name, bytes)| add(&mut report, name, *bytes));
    } else {
        stats(text, &mut report)?;
    }
    if report.figures.bundles.iter().all(|bundle| bundle.bytes == 0) {
        return Unreadable::err("no bundle of any size");
    }
    report.scanned = Some(report.figures.bundles.len() as u64);
    Ok(report)
}

fn limited(text: &str, report: &mut Report) -> Result<(), Unreadable> {
    let rows: Vec<Limited> = json::array("size-limit", text)?;
    for row in &rows {
        let Some(bytes) = row.size else {
            return Unreadable::err("a row of size-limit without a size in bytes");
        };
        add(report, &row.name, bytes);
        if row.passed == Some(false) {
            let title = format!("{} is over its own limit with {bytes} bytes", row.name);
            let severity = Some(Severity::High);
            let found = Found { id: "size-limit", title: &title, severity, value: &row.name, ..Found::default() };
            report.findings.push(found.take());
        }
    }
    Ok(())
}

fn stats(text: &str, report: &mut Report) -> Result<(), Unreadable> {
    let stats: Stats = json::object("bundle sizes", text)?;
    let errors = stats.errors.0.max(stats.children.iter().map(|child| child.errors.0).max().unwrap_or_default());
    if errors > 0 {
        return Unreadable::err(format!("webpack did not build: {errors} errors"));
    }
    let children = stats.children.iter().flat_map(|child| &child.assets);
    for asset in stats.assets.iter().chain(children) {
        add(report, &asset.name, asset.size);
    }
    Ok(())
}

fn add(report: &mut Report, name: &str, bytes: u64) {
    report.figures.bundles.push(Bundle { name: taken::path(name), bytes });
}
