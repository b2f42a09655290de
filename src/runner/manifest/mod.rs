//! `runner.toml`: what a runner is made from.

use serde::Deserialize;

use crate::package::Sha256;

/// The manifest of a runner, `runners/<language>/runner.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The runner's name, as in `karat runners install NAME`.
    pub name: String,
    /// The language that it runs.
    pub language: String,
    /// The package that it is made from.
    pub package: Package,
    /// Packages of data that the build puts into it.
    #[serde(default)]
    pub data: Vec<DataPackage>,
    /// What is built with that package.
    pub component: Component,
    /// What the reference build answers to the probe.
    pub fingerprint: Fingerprint,
}

/// A package of PyPI, pinned.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The versions of Python that can install it.
    pub python: String,
    /// The interpreter that it carries, for people.
    pub interpreter: String,
    /// The sha256 of each of its files, one a platform.
    pub sha256: Vec<Sha256>,
}

/// A package of PyPI that has data only, pinned.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The sha256 of each of its files.
    pub sha256: Vec<Sha256>,
}

/// The component that is built.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The world's name in the WIT file.
    pub world: String,
    /// The guest's module.
    pub module: String,
}

/// What a guest answers to the probe: equal on two machines if programs behave and cost the same on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The hash of a fixed text: it decides the order of sets.
    pub hash: i64,
    /// The fuel that a fixed program burns.
    pub fuel: u64,
}
