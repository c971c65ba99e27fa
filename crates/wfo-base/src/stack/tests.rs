//! Stack detection against real folders and the built-in table.

use std::os::unix::fs::symlink;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{atomic, codes, tables};

const TABLE: &str = include_str!("../../../../reference/data/stacks.yaml");

fn table() -> Vec<StackRow> {
    let parsed = tables::parse("stacks.yaml", TABLE);
    assert_eq!(parsed.notes, vec![]);
    parsed.value.into_iter().map(|(row, _)| row).collect()
}

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        atomic::make_folder(path.parent().unwrap(), false).unwrap();
        atomic::write(&path, text.as_bytes()).unwrap();
    }
    folder
}

fn at(folder: &TempDir) -> Stack {
    let noted = detect(folder.path(), &table());
    assert_eq!(noted.notes, vec![]);
    noted.value
}

fn of(files: &[(&str, &str)]) -> Stack {
    at(&project(files))
}

fn says(stack: &Stack, file: &str) -> Vec<String> {
    stack.evidence.iter().filter(|evidence| evidence.file == file).map(|evidence| evidence.says.clone()).collect()
}

#[test]
fn the_built_in_table_is_sorted_and_every_row_is_shown_by_its_first_marker() {
    let rows = table();
    assert!(rows.windows(2).all(|pair| pair[0].id < pair[1].id));
    for row in &rows {
        let marker = row.markers[0].replace('*', "x");
        let stack = of(&[(&marker, "{}")]);
        assert_eq!(stack.kinds, [row.id.as_str()], "{marker}");
        assert!(stack.package_manager.is_some(), "{marker}");
    }
}

#[test]
fn an_empty_folder_is_of_no_kind_and_a_missing_one_is_a_note() {
    assert_eq!(of(&[]), Stack::default());
    let gone = detect(Path::new("/nowhere/at/all"), &table());
    assert_eq!((gone.value, gone.notes.len()), (Stack::default(), 1));
}

#[test]
fn the_lock_file_names_the_package_manager_in_the_order_of_the_table() {
    for (files, manager) in [
        (&["package.json"][..], "npm"),
        (&["package.json", "package-lock.json"], "npm"),
        (&["package.json", "pnpm-lock.yaml"], "pnpm"),
        (&["package.json", "yarn.lock"], "yarn"),
        (&["package.json", "bun.lockb"], "bun"),
        (&["package.json", "bun.lock"], "bun"),
        (&["package.json", "yarn.lock", "package-lock.json"], "npm"),
        (&["pyproject.toml"], "pip"),
        (&["pyproject.toml", "uv.lock"], "uv"),
        (&["pyproject.toml", "poetry.lock"], "poetry"),
        (&["pyproject.toml", "pdm.lock"], "pdm"),
        (&["Pipfile", "Pipfile.lock"], "pipenv"),
        (&["requirements-dev.txt"], "pip"),
        (&["setup.py"], "pip"),
        (&["pyproject.toml", "uv.lock", "requirements.txt"], "uv"),
        (&["Cargo.toml"], "cargo"),
        (&["go.mod"], "go"),
        (&["pom.xml"], "maven"),
        (&["build.gradle.kts"], "gradle"),
        (&["Gemfile"], "bundler"),
        (&["composer.json"], "composer"),
        (&["App.csproj"], "nuget"),
        (&["mix.exs"], "mix"),
        (&["Package.swift"], "swiftpm"),
    ] {
        let pairs: Vec<(&str, &str)> = files.iter().map(|name| (*name, "{}")).collect();
        assert_eq!(of(&pairs).package_manager.as_deref(), Some(manager), "{files:?}");
    }
}

#[test]
fn two_lock_files_are_both_named_in_the_evidence() {
    let stack = of(&[("package.json", "{}"), ("yarn.lock", ""), ("pnpm-lock.yaml", "")]);
    assert_eq!(stack.package_manager.as_deref(), Some("pnpm"));
    assert_eq!(says(&stack, "yarn.lock"), ["speaks for yarn too, but pnpm comes first"]);
}

#[test]
fn the_package_manager_field_wins_over_lock_files() {
    let text = "{\"packageManager\": \"pnpm@9.1.0+sha512.abc\", \"scripts\": {\"lint\": \"x\"}}";
    let stack = of(&[("package.json", text), ("yarn.lock", "")]);
    assert_eq!(stack.package_manager.as_deref(), Some("pnpm"));
    assert_eq!(stack.commands.lint.as_deref(), Some("pnpm run lint"));
}

#[test]
fn an_unknown_package_manager_is_a_note_and_the_lock_file_counts() {
    let folder = project(&[("package.json", "{\"packageManager\": \"cnpm`rm`@1\"}"), ("yarn.lock", "")]);
    let noted = detect(folder.path(), &table());
    assert_eq!(noted.value.package_manager.as_deref(), Some("yarn"));
    assert_eq!(noted.notes[0].problem.code, codes::STACK_MANIFEST_INVALID);
}

#[test]
fn a_lock_file_is_not_needed_where_the_manifest_has_the_managers_table() {
    let stack = of(&[(
        "pyproject.toml",
        "[tool.poetry]\nname = \"x\"\n[tool.poetry.group.dev.dependencies]\npytest = \"^8\"\n",
    )]);
    assert_eq!(stack.package_manager.as_deref(), Some("poetry"));
    assert_eq!(stack.commands.test.as_deref(), Some("poetry run pytest"));
}

#[test]
fn scripts_of_package_json_decide_the_commands() {
    let scripts = "{\"scripts\": {\"test\": \"vitest\", \"build\": \"tsc\", \"lint\": \"eslint .\", \"fmt\": \"prettier -w .\", \
                   \"test:coverage\": \"vitest --coverage\"}}";
    let stack = of(&[("package.json", scripts), ("package-lock.json", "{}")]);
    let expected = Commands {
        test: Some("npm test".into()),
        build: Some("npm run build".into()),
        lint: Some("npm run lint".into()),
        format: Some("npm run fmt".into()),
        coverage: Some("npm run test:coverage".into()),
        audit: Some("npm audit".into()),
    };
    assert_eq!(stack.commands, expected);
    assert!(says(&stack, "package.json").contains(&"script `test`".to_owned()));
}

#[test]
fn the_test_script_that_npm_init_writes_is_no_test() {
    let text = r#"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1", "lint": ""}}"#;
    let stack = of(&[("package.json", text)]);
    assert_eq!((stack.commands.test.clone(), stack.commands.lint.clone()), (None, None));
    assert!(says(&stack, "package.json").contains(&"script `test` is only a stand-in".to_owned()));
}

#[test]
fn without_scripts_the_tools_that_are_there_give_the_commands() {
    let stack = of(&[
        ("package.json", "{\"devDependencies\": {\"jest\": \"^30\", \"prettier\": \"3\"}}"),
        ("pnpm-lock.yaml", ""),
        ("eslint.config.mjs", ""),
    ]);
    assert_eq!(stack.commands.test.as_deref(), Some("pnpm exec jest"));
    assert_eq!(stack.commands.lint.as_deref(), Some("pnpm exec eslint ."));
    assert_eq!(stack.commands.format.as_deref(), Some("pnpm exec prettier --write ."));
    assert_eq!(stack.commands.build, None);
}

#[test]
fn no_text_of_the_repository_ends_up_in_a_command() {
    let text = "{\"packageManager\": \"npm@1; rm -rf /\", \"name\": \"; rm -rf /\", \"scripts\": {\"test\": \"rm -rf /\", \"; rm -rf /\": \"x\"}}";
    let commands = serde_json::to_string(&of(&[("package.json", text)]).commands).unwrap();
    assert!(!commands.contains("rm -rf"), "{commands}");
}

#[test]
fn pyproject_tells_which_tools_a_python_project_uses() {
    let text = "[project]\nname = \"x\"\ndependencies = [\"httpx\"]\n[dependency-groups]\ndev = [\"pytest>=8\", \"Ruff\"]\n[tool.mypy]\n";
    let stack = of(&[("pyproject.toml", text), ("uv.lock", "")]);
    assert_eq!(stack.commands.test.as_deref(), Some("uv run pytest"));
    assert_eq!(stack.commands.lint.as_deref(), Some("uv run ruff check ."));
    assert_eq!(stack.commands.format.as_deref(), Some("uv run ruff format ."));
    assert_eq!(stack.commands.coverage.as_deref(), Some("uv run pytest --cov --cov-report=json"));
    let used: Vec<String> = says(&stack, "pyproject.toml");
    assert_eq!(used, ["python project", "uses pytest", "uses ruff", "uses mypy"]);
}

#[test]
fn a_linter_that_nothing_names_is_not_made_up() {
    let stack =
        of(&[("pyproject.toml", "[project]\nname = \"ruff-like\"\ndescription = \"not ruff, no [tool.black]\"\n")]);
    assert_eq!((stack.commands.lint, stack.commands.format), (None, None));
}

#[test]
fn requirements_files_and_black_are_read() {
    let stack = of(&[
        ("requirements.txt", "flask==3\n"),
        ("requirements-dev.txt", "# ruff\n-r requirements.txt\nblack\nflake8>=7\n"),
    ]);
    assert_eq!(stack.commands.format.as_deref(), Some("black ."));
    assert_eq!(stack.commands.lint.as_deref(), Some("flake8"));
    assert_eq!(stack.commands.audit.as_deref(), Some("pip-audit -r requirements.txt"));
}

#[test]
fn java_uses_its_wrapper_where_there_is_one() {
    assert_eq!(of(&[("pom.xml", "<project/>")]).commands.test.as_deref(), Some("mvn test"));
    assert_eq!(of(&[("pom.xml", "<project/>"), ("mvnw", "")]).commands.test.as_deref(), Some("./mvnw test"));
    let gradle = of(&[("build.gradle", "plugins { id 'jacoco' }"), ("gradlew", "")]);
    assert_eq!(gradle.commands.test.as_deref(), Some("./gradlew test"));
    assert_eq!(gradle.commands.coverage.as_deref(), Some("./gradlew test jacocoTestReport"));
}

#[test]
fn members_of_workspaces_are_listed_with_their_kinds() {
    let cargo = of(&[
        ("Cargo.toml", "[workspace]\nmembers = [\n  \"crates/*\", # all\n  \"tool\",\n]\nexclude = [\"crates/old\"]\n"),
        ("crates/a/Cargo.toml", ""),
        ("crates/b/Cargo.toml", ""),
        ("tool/Cargo.toml", ""),
    ]);
    let found = |stack: &Stack| -> Vec<(String, Vec<String>, bool)> {
        stack.workspaces.iter().map(|row| (row.path.clone(), row.kinds.clone(), row.member)).collect()
    };
    let member = |path: &str, kind: &str| (path.to_owned(), vec![kind.to_owned()], true);
    assert_eq!(found(&cargo), [member("crates/a", "rust"), member("crates/b", "rust"), member("tool", "rust")]);
    assert_eq!(cargo.kinds, ["rust"]);
    assert_eq!(cargo.commands.test.as_deref(), Some("cargo test --workspace"));
    let npm = of(&[
        ("package.json", "{\"workspaces\": {\"packages\": [\"packages/*\", \"!packages/old\"]}}"),
        ("packages/ui/package.json", "{}"),
        ("packages/old/package.json", "{}"),
    ]);
    assert_eq!(found(&npm), [member("packages/ui", "node")]);
    let pnpm = of(&[
        ("package.json", "{}"),
        ("pnpm-workspace.yaml", "packages:\n  - 'apps/**'\ncatalog: {react: 19}\n"),
        ("apps/web/package.json", "{}"),
    ]);
    assert_eq!(found(&pnpm), [member("apps/web", "node")]);
    let go = of(&[
        ("go.work", "go 1.22\nuse (\n\t./api\n\t./lib // shared\n)\nuse ./cli\n"),
        ("api/go.mod", ""),
        ("lib/go.mod", ""),
        ("cli/go.mod", ""),
    ]);
    assert_eq!(found(&go), [member("api", "go"), member("cli", "go"), member("lib", "go")]);
    let maven = of(&[("pom.xml", "<modules><module>core</module></modules>"), ("core/pom.xml", "")]);
    assert_eq!(found(&maven), [member("core", "java")]);
}

#[test]
fn folders_one_level_down_make_a_mixed_project_with_their_own_commands() {
    let stack = of(&[
        ("frontend/package.json", "{\"scripts\": {\"test\": \"jest\"}}"),
        ("backend/pyproject.toml", ""),
        ("node_modules/x/package.json", "{}"),
        (".hidden/go.mod", ""),
        ("docs/requirements.txt", ""),
    ]);
    assert_eq!(stack.kinds, ["node", "python", "mixed"]);
    assert_eq!((stack.package_manager, stack.commands), (None, Commands::default()));
    let rows: Vec<(&str, Option<&str>)> =
        stack.workspaces.iter().map(|row| (row.path.as_str(), row.commands.test.as_deref())).collect();
    assert_eq!(rows, [("backend", Some("pytest")), ("frontend", Some("npm test"))]);
}

#[test]
fn in_a_repository_of_two_languages_neither_is_left_out() {
    let stack = of(&[("package.json", "{\"scripts\": {\"test\": \"jest\"}}"), ("pyproject.toml", ""), ("uv.lock", "")]);
    assert_eq!(stack.kinds, ["node", "python", "mixed"]);
    assert_eq!(stack.commands.test.as_deref(), Some("npm test && uv run pytest"));
    assert_eq!(stack.package_manager.as_deref(), Some("uv"));
    assert_eq!(stack.parts.iter().map(|part| part.kind.as_str()).collect::<Vec<_>>(), ["node", "python"]);
}

#[test]
fn make_and_just_targets_are_evidence_and_no_commands() {
    let stack = of(&[("Makefile", "test: ; rm -rf /\n.PHONY: lint\nVAR := x\n"), ("justfile", "lint:\n  x\n")]);
    assert_eq!(
        (says(&stack, "Makefile"), says(&stack, "justfile")),
        (vec!["target `test`".into()], vec!["target `lint`".into()])
    );
    assert_eq!((stack.kinds, stack.commands), (Vec::<String>::new(), Commands::default()));
}

#[test]
fn a_manifest_that_does_not_parse_is_one_note_and_still_a_kind() {
    for text in ["{", "[]", "", "\u{0}\u{1}", &"[".repeat(100_000), "{\"scripts\": {\"test\": \"x\"}"] {
        let folder = project(&[("package.json", text), ("package-lock.json", "{}")]);
        let noted = detect(folder.path(), &table());
        assert_eq!((noted.value.kinds, noted.value.package_manager.as_deref()), (vec!["node".into()], Some("npm")));
        assert_eq!((noted.notes.len(), noted.notes[0].problem.code), (1, codes::STACK_MANIFEST_INVALID));
    }
}

#[test]
fn yaml_that_nests_without_end_is_a_note_and_takes_no_time() {
    let bomb = format!("packages: {}", "[".repeat(1_000_000));
    let folder = project(&[("package.json", "{}"), ("pnpm-workspace.yaml", &bomb)]);
    let start = std::time::Instant::now();
    let noted = detect(folder.path(), &table());
    assert_eq!((noted.value.package_manager.as_deref(), noted.notes.len()), (Some("pnpm"), 1));
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn odd_shapes_inside_a_manifest_are_passed_over() {
    let text =
        "{\"scripts\": [1], \"packageManager\": 7, \"workspaces\": {\"packages\": \"x\"}, \"dependencies\": null}";
    let stack = of(&[("package.json", text)]);
    assert_eq!((stack.kinds, stack.package_manager.as_deref()), (vec!["node".to_owned()], Some("npm")));
}

#[test]
fn members_never_lead_out_of_the_root() {
    let outer = project(&[
        ("secret/package.json", "{}"),
        ("repo/package.json", "{\"workspaces\": [\"../secret\", \"/etc\", \"a/../../secret\", \"link\", \"*\"]}"),
    ]);
    symlink(outer.path().join("secret"), outer.path().join("repo/link")).unwrap();
    let noted = detect(&outer.path().join("repo"), &table());
    assert_eq!(noted.value.workspaces, vec![]);
    assert_eq!(noted.notes.len(), 3);
}

#[test]
fn links_out_fifos_and_huge_manifests_are_notes_and_do_not_hang() {
    let outer = project(&[("elsewhere.json", "{\"scripts\": {\"test\": \"x\"}}"), ("repo/README.md", "")]);
    let repo = outer.path().join("repo");
    symlink("../elsewhere.json", repo.join("package.json")).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, repo.join("Makefile"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    atomic::write(&repo.join("pyproject.toml"), &vec![b'['; 2 << 20]).unwrap();
    let noted = detect(&repo, &table());
    assert_eq!(noted.value.kinds, ["node", "python", "mixed"]);
    assert_eq!(noted.value.commands.test.as_deref(), Some("pytest"));
    let found: Vec<_> = noted.notes.iter().map(|note| note.problem.code).collect();
    assert_eq!(found, [codes::FILE_LINK_OUTSIDE, codes::FILE_TOO_LARGE]);
}

#[test]
fn a_crowd_of_workspaces_is_cut_and_stays_quick() {
    let folder = project(&[("package.json", "{\"workspaces\": [\"p/*\", \"p/*\", \"p/**\"]}")]);
    for number in 0..300 {
        let path = folder.path().join(format!("p/w{number:03}"));
        atomic::make_folder(&path, false).unwrap();
    }
    let stack = at(&folder);
    assert_eq!((stack.workspaces.len(), stack.workspaces_cut), (WORKSPACES, true));
}

#[test]
fn a_row_that_a_user_adds_needs_no_code() {
    let text =
        "rows:\n  - {id: nim, markers: [\"*.nimble\"], managers: [{id: nimble, commands: {test: nimble test}}]}\n";
    let rows: Vec<StackRow> = tables::parse("stacks.yaml", text).value.into_iter().map(|(row, _)| row).collect();
    let folder = project(&[("app.nimble", "")]);
    let stack = detect(folder.path(), &rows).value;
    assert_eq!((stack.kinds, stack.commands.test.as_deref()), (vec!["nim".to_owned()], Some("nimble test")));
}

#[test]
fn a_row_that_breaks_a_rule_is_refused_with_a_sentence() {
    for row in [
        "{id: mixed, markers: [x]}",
        "{id: a, markers: []}",
        "{id: a, markers: [../x]}",
        "{id: a, markers: [x], tools: [{id: t, commands: {test: x}}]}",
        "{id: a, markers: [x], managers: [{id: m, comands: {}}]}",
    ] {
        let parsed = tables::parse::<StackRow>("stacks.yaml", &format!("rows:\n  - {row}\n"));
        assert_eq!((parsed.value.len(), parsed.notes.len()), (0, 1), "{row}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_manifest_is_read_or_noted_without_a_panic(text in "[\\[\\]{}\":,=#!./*a-d \n<>()\u{0}-]{0,120}") {
        let names = ["package.json", "pyproject.toml", "Cargo.toml", "go.work", "pom.xml", "pnpm-workspace.yaml", "Makefile"];
        let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, text.as_str())).collect();
        let folder = project(&files);
        prop_assert!(detect(folder.path(), &table()).value.kinds.contains(&MIXED.to_owned()));
    }
}
