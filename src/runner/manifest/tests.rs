//! Manifests that are good, and the errors of those that are not.

use super::*;

/// A runner of two modules, and all that a manifest can have.
const GOOD: &str = r#"name = "c"
language = "c"
interpreter = "clang 22"

[[packages]]
registry = "npm"
name = "@scope/clang"
version = "22.0.0"
archives = [{ sha256 = "0a10eec6e13ef16b627fabed9a5f2ba61a62b1c67f327305f4e7e412a70b4aec", bytes = 30 }]
members = [
    { path = "package/gen/clang.wasm", to = "clang.wasm", bytes = 10 },
    { path = "package/gen/resources.tar", to = "resources.tar", bytes = 10 },
]

[[packages]]
registry = "crates"
name = "lua-src"
version = "1.0.0"
archives = [{ sha256 = "0a10eec6e13ef16b627fabed9a5f2ba61a62b1c67f327305f4e7e412a70b4aec", bytes = 30 }]
members = [{ path = "lua-src-1.0.0/lua/", to = "lua/", bytes = 10 }]

[[guests]]
name = "clang"
step = "module"
file = "clang.wasm"
files = [
    { from = "resources.tar", at = "usr" },
    { from = "lua/", at = "src" },
]

[[guests]]
name = "other"
step = "component"
file = "lua/other.wasm"

[fingerprint]
hash = 0
fuel = 1
"#;

#[test]
fn a_manifest_has_packages_of_three_registries_and_several_guests() {
    let manifest = Manifest::parse("runner.toml", GOOD).unwrap();
    assert_eq!(manifest.language, Language::C);
    assert_eq!(
        manifest.packages.iter().map(|package| package.registry).collect::<Vec<_>>(),
        [Registry::Npm, Registry::Crates]
    );
    assert_eq!(
        manifest.guests[0].step,
        BuildStep::Module {
            file: "clang.wasm".into(),
            files: vec![
                CellFiles { from: "resources.tar".into(), at: "usr".into() },
                CellFiles { from: "lua/".into(), at: "src".into() },
            ],
        }
    );
    assert_eq!(
        manifest.guests.iter().map(|plan| plan.step.name()).collect::<Vec<_>>(),
        ["module", "component"]
    );
    assert_eq!(manifest.part().unwrap().packages.len(), 2);
    assert_eq!(manifest.environment().count(), 0);
}

#[test]
fn faults_name_file_line_and_field() {
    let cases = [
        ("fuel = 1", "fuel = \"1\"", "line 38: field `fingerprint.fuel`: invalid type"),
        ("name = \"c\"\n", "name = \"c\"\n=", "line 2: not valid TOML"),
        ("language = \"c\"", "language = \"klingon\"", "line 2: field `language`: unknown variant"),
        ("registry = \"npm\"", "registry = \"cpan\"", "line 6: field `packages.registry`: unknown variant"),
        ("\"0a10", "\"xa10", "line 9: field `packages.archives.sha256`: "),
        ("step = \"component\"", "step = \"guess\"", "line 33: field `guests.step`: unknown variant `guess`"),
        (
            "step = \"component\"",
            "step = \"component\"\nworld = \"w\"",
            "line 34: field `guests[1].world`: the step",
        ),
        (
            "step = \"component\"",
            "step = \"snapshot\"",
            "line 33: field `guests[1].initialize`: name the functions",
        ),
        (
            "step = \"component\"",
            "step = \"component\"\ninitialize = [\"a\"]",
            "line 34: field `guests[1].initialize`: the step `component` does not know it",
        ),
        (
            "step = \"component\"",
            "step = \"snapshot\"\ninitialize = [\"a\", 1]",
            "line 34: field `guests.initialize`: the name of a function, or",
        ),
        (
            "step = \"component\"",
            "step = \"componentize\"",
            "line 34: field `guests[1].file`: the step `componentize`",
        ),
        (
            "file = \"clang.wasm\"\n",
            "",
            "line 24: field `guests[0].file`: it is missing; the step `module` needs it",
        ),
        ("file = \"clang.wasm\"", "file = \"\"", "line 25: field `guests[0].file`: it is empty"),
        ("file = \"lua/other.wasm\"", "file = \"b.wasm\"", "line 34: field `guests[1].file`: no member"),
        ("from = \"lua/\"", "from = \"luau/\"", "line 28: field `guests[0].files[1].from`: no member"),
        (
            "name = \"other\"",
            "name = \"clang\"",
            "line 32: field `guests[1].name`: another guest has that name",
        ),
        ("name = \"other\"", "name = \"../x\"", "line 32: field `guests[1].name`: write a name of lowercase"),
        ("to = \"lua/\"", "to = \"lua\"", "line 15: field `packages[1].members[0].to`: a folder"),
        (
            "to = \"resources.tar\"",
            "to = \"clang.wasm\"",
            "line 5: field `packages[0].members[1].to`: another member",
        ),
        (
            "members = [{ path = \"lua-src-1.0.0/lua/\", to = \"lua/\", bytes = 10 }]",
            "",
            "line 15: field `packages[1].members`: say",
        ),
    ];
    for (good, wrong, message) in cases {
        assert!(GOOD.contains(good), "{good}");
        let text = GOOD.replacen(good, wrong, 1);
        let error = Manifest::parse("runners/c/runner.toml", &text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("runners/c/runner.toml, {message}")), "{wrong}: {error}");
    }
}

#[test]
fn what_is_installed_as_a_whole_is_of_pypi_and_for_the_step_that_runs_it() {
    let text = GOOD.replacen(
        "step = \"component\"\nfile = \"lua/other.wasm\"",
        "step = \"componentize\"\nworld = \"w\"\nmodule = \"m\"",
        1,
    );
    let error = Manifest::parse("runner.toml", &text).unwrap_err();
    assert_eq!((error.line, error.field.as_deref()), (Some(33), Some("guests[1].step")));
    let package = "[[packages]]\nregistry = \"pypi\"\nname = \"builder\"\nversion = \"1\"\narchives = \
        [{ sha256 = \"0a10eec6e13ef16b627fabed9a5f2ba61a62b1c67f327305f4e7e412a70b4aec\", bytes = 30 }]\n\n[[guests]]";
    let manifest = Manifest::parse("runner.toml", &text.replacen("[[guests]]", package, 1)).unwrap();
    assert_eq!(manifest.environment().map(|package| package.name.as_str()).collect::<Vec<_>>(), ["builder"]);
    assert_eq!(manifest.part().unwrap().packages.len(), 2);
}

#[test]
fn modules_are_initialised_by_functions_and_turns() {
    let text = GOOD.replacen(
        "step = \"component\"",
        "step = \"snapshot\"\ninitialize = [\"_initialize\", { turn = \"import numpy\" }, \
         { stack = { from = [112, 120], to = [5104, 5112] } }]",
        1,
    );
    let manifest = Manifest::parse("runner.toml", &text).unwrap();
    let BuildStep::Snapshot { initialize, .. } = &manifest.guests[1].step else { panic!("another step") };
    let bounds = StackBounds { from: [112, 120], to: [5104, 5112] };
    let expected = [
        Initializer::Call("_initialize".into()),
        Initializer::Turn("import numpy".into()),
        Initializer::Stack(bounds),
    ];
    assert_eq!(*initialize, expected);
}
