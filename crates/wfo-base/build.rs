//! Turns `reference/data/*.yaml` into JSON constants: the tables stay YAML for people, and starting up stays fast, since
//! JSON is read some twenty times faster. A table that is not YAML fails the build with its place.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../reference/data");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut code = String::new();
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let text = fs::read_to_string(&path)?;
        let table: serde_json::Value =
            serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let rows = table.get("rows").ok_or_else(|| format!("{}: no `rows:`", path.display()))?;
        writeln!(code, "/// The rows of `reference/data/{name}.yaml` as JSON.")?;
        writeln!(code, "pub const {}: &str = {:?};", name.to_uppercase().replace('-', "_"), rows.to_string())?;
    }
    let target = Path::new(&env::var("OUT_DIR")?).join("built_in.rs");
    #[expect(clippy::disallowed_methods, reason = "a build script has no crate of ours to write with")]
    fs::write(target, code)?;
    Ok(())
}
