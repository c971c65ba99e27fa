//! A judge with the limits that `verdicts.json` names, for these tests only.

use wfo_gate::Severity;
use wfo_gate::report::{Percent, Report, Tool};

/// Whether nothing in the report speaks against it.
pub(crate) fn passes(report: &Report) -> bool {
    let figures = &report.figures;
    let worst = report.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info);
    match report.tool {
        Tool::Semgrep | Tool::Bandit | Tool::Sarif => worst < Severity::High,
        Tool::Gitleaks | Tool::Betterleaks | Tool::Kingfisher | Tool::DetectSecrets | Tool::Ripsecrets => {
            report.findings.is_empty()
        }
        Tool::NpmAudit | Tool::PnpmAudit => figures.packages.is_some_and(|packages| packages.critical == 0),
        Tool::YarnAudit | Tool::PipAudit | Tool::CargoAudit | Tool::OsvScanner => {
            worst < Severity::Critical && figures.packages.is_none_or(|packages| packages.critical == 0)
        }
        Tool::Junit | Tool::Jest => figures.tests.is_some_and(|tests| tests.failed + tests.errors == 0),
        Tool::Eslint | Tool::Ruff | Tool::Mypy | Tool::Tsc | Tool::Clippy => {
            worst < Severity::High && figures.levels.is_some_and(|levels| levels.errors == 0)
        }
        Tool::Jscpd => figures.duplication.is_some_and(|share| share.at_most(Percent::whole(5))),
        Tool::Lizard => figures.most_complex().is_some_and(|function| function.ccn <= 10),
        Tool::TypeCoverage => figures.types.is_some_and(|share| share.at_least(Percent::whole(90))),
        Tool::BundleSize => report.findings.is_empty() && !figures.bundles.is_empty(),
        _ => figures.coverage().is_some_and(|share| share.at_least(Percent::whole(80))),
    }
}
