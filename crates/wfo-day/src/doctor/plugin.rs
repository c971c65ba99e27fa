//! Finds the plugin that belongs to this binary, where Claude Code keeps it or where it is developed, and compares versions.
//! Never looks into the current repository: that one may come from anywhere.

use std::path::{Path, PathBuf};

use serde_json::Value;
use wfo_base::home::Home;
use wfo_base::read;

use super::Check;

/// The name in the plugin's manifest.
const NAME: &str = "wfo";
/// The manifest, below the plugin's folder.
const MANIFEST: &str = ".claude-plugin/plugin.json";
/// The most entries of one folder of the cache that are looked at.
const ENTRIES: usize = 200;

/// A plugin folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plugin {
    pub(super) root: PathBuf,
    /// Version of its manifest.
    pub(super) version: Option<String>,
}

/// Finds the plugin: named by the host, around the launcher on PATH, recorded as installed, in the cache, around the binary.
pub(super) fn find(home: &Home, launcher: Option<&Path>, exe: Option<&Path>) -> Option<Plugin> {
    let named = std::env::var_os("CLAUDE_PLUGIN_ROOT").map(PathBuf::from).filter(|root| root.is_absolute());
    let around_launcher = launcher
        .and_then(|path| std::fs::canonicalize(path).ok())
        .and_then(|path| Some(path.parent()?.parent()?.to_owned()));
    let around_exe = exe.into_iter().flat_map(|exe| exe.ancestors().skip(2).take(4)).map(Path::to_owned);
    named
        .into_iter()
        .chain(around_launcher)
        .chain(recorded(home))
        .chain(cached(home))
        .chain(around_exe)
        .find_map(|root| plugin(&root))
}

/// Reads a plugin folder's manifest; `None` when it is another plugin's or none.
fn plugin(root: &Path) -> Option<Plugin> {
    let page = read::page(root, MANIFEST, read::PAGE_LIMIT).ok().flatten()?;
    let manifest: Value = serde_json::from_str(&page.text).ok()?;
    let text = |key: &str| manifest.get(key).and_then(Value::as_str);
    (text("name") == Some(NAME)).then(|| Plugin { root: root.to_owned(), version: text("version").map(str::to_owned) })
}

/// Returns the folders that the host's own lists name: installed copies, and marketplaces that are local folders.
fn recorded(home: &Home) -> Vec<PathBuf> {
    let json = |name: &str| -> Option<Value> {
        let page = read::own(&home.config().join("plugins").join(name), read::PAGE_LIMIT).ok().flatten()?;
        serde_json::from_str(&page.text).ok()
    };
    let mut roots = Vec::new();
    let installed = json("installed_plugins.json");
    let entries =
        installed.as_ref().and_then(|list| list.get("plugins")).and_then(Value::as_object).into_iter().flatten();
    for (_, entry) in entries.filter(|(name, _)| name.split('@').next() == Some(NAME)) {
        let copies = entry.as_array().map_or_else(|| std::slice::from_ref(entry), Vec::as_slice);
        roots.extend(copies.iter().filter_map(|copy| copy.get("installPath")?.as_str()).map(PathBuf::from));
    }
    let marketplaces = json("known_marketplaces.json");
    for entry in marketplaces.as_ref().and_then(Value::as_object).into_iter().flatten().map(|(_, entry)| entry) {
        let folder = entry.pointer("/source/path").or_else(|| entry.get("installLocation")).and_then(Value::as_str);
        roots.extend(folder.map(PathBuf::from));
    }
    roots.retain(|root| root.is_absolute());
    roots
}

/// Returns the copies in the host's cache, `cache/<marketplace>/wfo/<version>`, the newest first.
fn cached(home: &Home) -> Vec<PathBuf> {
    let folders = |path: PathBuf| {
        let inside = std::fs::read_dir(path).into_iter().flatten().flatten().take(ENTRIES);
        inside.map(|entry| entry.path()).filter(|path| path.is_dir())
    };
    let mut copies: Vec<(Option<std::time::SystemTime>, PathBuf)> = folders(home.config().join("plugins/cache"))
        .flat_map(|marketplace| folders(marketplace.join(NAME)))
        .map(|copy| (std::fs::metadata(&copy).and_then(|meta| meta.modified()).ok(), copy))
        .collect();
    copies.sort();
    copies.into_iter().rev().map(|(_, copy)| copy).collect()
}

/// Compares the plugin's version with the binary's.
pub(super) fn check(plugin: Option<&Plugin>, version: &str) -> Check {
    let Some(plugin) = plugin else {
        return Check::unknown("plugin", "no installed wfo plugin was found, so its version cannot be compared")
            .fix("in Claude Code: `/plugin marketplace add` with wfo's folder, then `/plugin install wfo@wfo`");
    };
    let root = plugin.root.display();
    match &plugin.version {
        Some(other) if other == version => {
            Check::pass("plugin", format!("version {version} at {root}, like the binary"))
        }
        Some(other) => {
            Check::fail("plugin", format!("the plugin at {root} is version {other}, the binary is {version}")).fix(
                format!(
                    "update the older one: `/plugin update wfo@wfo` in Claude Code, or `sh {root}/scripts/install.sh`"
                ),
            )
        }
        None => Check::unknown("plugin", format!("the plugin at {root} names no version")).fix("install it anew"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn file(path: &Path, text: &str) {
        wfo_base::atomic::make_folder(path.parent().unwrap(), false).unwrap();
        wfo_base::atomic::write(path, text.as_bytes()).unwrap();
    }

    fn manifest(root: &Path, name: &str, version: &str) {
        file(&root.join(MANIFEST), &format!("{{\"name\":\"{name}\",\"version\":\"{version}\"}}"));
    }

    #[test]
    fn the_plugin_is_found_where_the_host_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("config"));
        assert_eq!(find(&home, None, None), None);
        // Only a copy in the cache.
        let cached = home.config().join("plugins/cache/shop/wfo/0.1.0");
        manifest(&cached, "wfo", "0.1.0");
        manifest(&home.config().join("plugins/cache/shop/other/9.0.0"), "wfo-like", "9.0.0");
        assert_eq!(find(&home, None, None).unwrap().root, cached);
        // The list of what is installed is stronger, and an entry whose folder is gone is passed over.
        let installed = folder.path().join("copy");
        manifest(&installed, "wfo", "0.2.0");
        let list = format!(
            "{{\"plugins\":{{\"wfo@shop\":[{{\"installPath\":\"/nowhere\"}},{{\"installPath\":{:?}}}],\"x@shop\":[]}}}}",
            installed.display().to_string()
        );
        file(&home.config().join("plugins/installed_plugins.json"), &list);
        assert_eq!(find(&home, None, None).unwrap().version.as_deref(), Some("0.2.0"));
        // A launcher on PATH that lies in a plugin is what is in use.
        let developed = folder.path().join("developed");
        manifest(&developed, "wfo", "0.3.0");
        file(&developed.join("bin/wfo-helper"), "");
        assert_eq!(
            find(&home, Some(&developed.join("bin/wfo-helper")), None).unwrap().version.as_deref(),
            Some("0.3.0")
        );
    }

    #[test]
    fn a_tree_with_a_build_finds_its_own_plugin() {
        let folder = tempfile::tempdir().unwrap();
        manifest(folder.path(), "wfo", "0.1.0");
        let home = Home::at(folder.path().join("config"));
        let exe = folder.path().join("target/release/wfo-helper");
        assert_eq!(find(&home, None, Some(&exe)).unwrap().root, folder.path());
        // The folder the binary lies in is no plugin, even if it says so.
        assert_eq!(find(&home, None, Some(&folder.path().join("wfo-helper"))), None);
    }

    #[test]
    fn versions_that_differ_fail_and_no_plugin_is_unknown() {
        let with = |version: Option<&str>| Plugin { root: "/p".into(), version: version.map(str::to_owned) };
        assert_eq!(check(None, "1.0.0").verdict, Verdict::Unknown);
        assert_eq!(check(Some(&with(Some("1.0.0"))), "1.0.0").verdict, Verdict::Pass);
        assert_eq!(check(Some(&with(Some("1.0.1"))), "1.0.0").verdict, Verdict::Fail);
        assert_eq!(check(Some(&with(None)), "1.0.0").verdict, Verdict::Unknown);
    }
}
