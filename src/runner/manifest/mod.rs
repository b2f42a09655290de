//! `runner.toml`: what a runner is made from, and how.
//!
//! It pins [packages](Package) of public registries and says by which [step](BuildStep) each guest is made of them. A
//! step more is a variant here and a function in [`install`](super::install).

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use crate::language::Language;
use crate::package::{Package, Part, Registry};
use crate::problem::format::{Document, UnreadToml};
use crate::sandbox::{Initializer, StackBounds};
use crate::shown::shown;

/// The manifest of a runner, `runners/<language>/runner.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The runner's name, as in `karat runners install NAME`.
    pub name: String,
    /// The language that it runs.
    pub language: Language,
    /// The interpreter or compiler that it has, for people.
    pub interpreter: String,
    /// What is fetched for it. The first is the one that carries the interpreter or compiler.
    pub packages: Vec<Package>,
    /// What cells are made of, at least one.
    pub guests: Vec<GuestPlan>,
    /// What the reference build answers to the probe.
    pub fingerprint: Fingerprint,
}

/// How a guest is made.
#[derive(Clone, Debug, PartialEq)]
pub struct GuestPlan {
    /// Its name, by which the runner asks for it.
    pub name: String,
    /// The step that makes it.
    pub step: BuildStep,
}

/// A step that makes a guest of what was fetched, and of the files in the runner's folder.
#[derive(Clone, Debug, PartialEq)]
pub enum BuildStep {
    /// `componentize`: the packages of which no files are wanted are installed into a virtual environment, and the
    /// runner's `build.py` there runs componentize-py, which makes a component of the folder `guest` and snapshots it
    /// when it is initialised. The component is fused.
    Componentize {
        /// The world's name in `world.wit`.
        world: String,
        /// The guest's module.
        module: String,
    },
    /// `component`: a component is taken as it is, and fused.
    Component {
        /// The file, where it was unpacked to.
        file: String,
    },
    /// `module`: a core module, a command or a reactor, is taken as it is.
    Module {
        /// The file, where it was unpacked to.
        file: String,
        /// What the files of all its cells begin with.
        files: Vec<CellFiles>,
    },
    /// `snapshot`: a core module is initialised, and taken as it is then.
    Snapshot {
        /// The file, where it was unpacked to.
        file: String,
        /// What initialises it, one after the other: names of functions, `"_initialize"`, and texts that it executes,
        /// `{ turn = "import numpy" }`.
        initialize: Vec<Initializer>,
        /// What its files are while it is initialised, and what those of all its cells begin with.
        files: Vec<CellFiles>,
    },
}

impl BuildStep {
    /// The step's name in the manifest.
    pub fn name(&self) -> &'static str {
        match self {
            BuildStep::Componentize { .. } => StepName::Componentize.as_str(),
            BuildStep::Component { .. } => StepName::Component.as_str(),
            BuildStep::Module { .. } => StepName::Module.as_str(),
            BuildStep::Snapshot { .. } => StepName::Snapshot.as_str(),
        }
    }

    /// What the files of cells begin with, where the guest is a core module; none where it is a component.
    pub fn cell_files(&self) -> Option<&[CellFiles]> {
        match self {
            BuildStep::Componentize { .. } | BuildStep::Component { .. } => None,
            BuildStep::Module { files, .. } | BuildStep::Snapshot { files, .. } => Some(files),
        }
    }
}

/// Files that were fetched, and where cells have them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellFiles {
    /// A file where it was unpacked to; if its name ends in `.tar`, what is in that archive; or, where it ends in `/`,
    /// all that is in this folder. A path may lead into zip archives: `library.zip/fonts.zip/`.
    pub from: String,
    /// The path in cells: of the one file, or of the folder that the others are put into, which is the root where it is
    /// empty.
    pub at: String,
}

/// The zip archive that a path leads into, and the path there.
pub(crate) fn in_zip(path: &str) -> Option<(&str, &str)> {
    let end = path.find(".zip/")? + ".zip".len();
    Some((&path[..end], &path[end + 1..]))
}

/// What a guest answers to the probe: equal on two machines if programs behave and cost the same on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The hash of a fixed text: in Python, it decides the order of sets.
    pub hash: i64,
    /// The fuel that a fixed program burns.
    pub fuel: u64,
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}{}: {}{}", shown(file), line.map(|line| format!(", line {line}")).unwrap_or_default(),
    field.as_deref().map(|field| format!("field `{}`: ", shown(field))).unwrap_or_default(), shown(message)
)]
pub struct ManifestError {
    /// The manifest's file.
    pub file: String,
    /// The line, from 1, where the fault has one.
    pub line: Option<u64>,
    /// The path of the field, where it is known.
    pub field: Option<String>,
    /// What is wrong, and what to write.
    pub message: String,
}

/// The manifest as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    language: Language,
    interpreter: String,
    #[serde(default)]
    packages: Vec<Spanned<Package>>,
    guests: Vec<WrittenGuest>,
    fingerprint: Fingerprint,
}

/// A guest as it is written: the fields of all steps.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGuest {
    name: Spanned<String>,
    step: Spanned<StepName>,
    world: Option<Spanned<String>>,
    module: Option<Spanned<String>>,
    file: Option<Spanned<String>>,
    files: Option<Spanned<Vec<Spanned<CellFiles>>>>,
    initialize: Option<Spanned<Vec<WrittenInitializer>>>,
}

/// What initialises a module, as it is written.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "the name of a function, or `{ turn = \"TEXT\" }`, or `{ stack = { from = [A, B], to = [A, B] } }`"
)]
enum WrittenInitializer {
    Call(String),
    Turn { turn: String },
    Stack { stack: WrittenBounds },
}

/// Bounds of an interpreter's stack, as they are written: bytes below its top.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBounds {
    from: [u32; 2],
    to: [u32; 2],
}

impl From<WrittenInitializer> for Initializer {
    fn from(written: WrittenInitializer) -> Initializer {
        match written {
            WrittenInitializer::Call(name) => Initializer::Call(name),
            WrittenInitializer::Turn { turn } => Initializer::Turn(turn),
            WrittenInitializer::Stack { stack: WrittenBounds { from, to } } => {
                Initializer::Stack(StackBounds { from, to })
            }
        }
    }
}

/// A step's name.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StepName {
    Componentize,
    Component,
    Module,
    Snapshot,
}

impl StepName {
    fn as_str(self) -> &'static str {
        match self {
            StepName::Componentize => "componentize",
            StepName::Component => "component",
            StepName::Module => "module",
            StepName::Snapshot => "snapshot",
        }
    }
}

/// A fault within the manifest: the byte where it is, the field, and what is wrong.
type Fault = (usize, String, String);

impl Manifest {
    /// Reads a manifest; `file` is its name, for errors.
    ///
    /// # Errors
    ///
    /// The first fault, with its line and field.
    pub fn parse(file: &str, text: &str) -> Result<Manifest, ManifestError> {
        let document = Document::new(text);
        let error = |line, field, message| ManifestError { file: file.to_owned(), line, field, message };
        let written: Written = document.read().map_err(|(line, unread)| match unread {
            UnreadToml::Syntax(message) => error(line, None, format!("not valid TOML: {message}")),
            UnreadToml::Field { field, message } => error(line, field, message),
        })?;
        written
            .into_manifest()
            .map_err(|(byte, field, message)| error(Some(document.line_of(byte)), Some(field), message))
    }

    /// What is fetched and unpacked: the packages of which files are wanted. None if there are none.
    pub fn part(&self) -> Option<Part> {
        let packages: Vec<Package> =
            self.packages.iter().filter(|package| !package.members.is_empty()).cloned().collect();
        let part = |packages| Part { name: "packages".into(), packages, texts: Vec::new(), made: Vec::new() };
        (!packages.is_empty()).then(|| part(packages))
    }

    /// What a virtual environment is made of: the packages of which no files are wanted.
    pub fn environment(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.members.is_empty())
    }
}

impl Written {
    fn into_manifest(self) -> Result<Manifest, Fault> {
        let Written { name, language, interpreter, packages, guests, fingerprint } = self;
        if guests.is_empty() {
            return Err((0, "guests".into(), "there has to be one at least".into()));
        }
        let mut targets = BTreeSet::new();
        for (index, package) in packages.iter().enumerate() {
            check_package(index, package, &mut targets)?;
        }
        let packages: Vec<Package> = packages.into_iter().map(Spanned::into_inner).collect();
        let mut plans: Vec<GuestPlan> = Vec::new();
        for (index, guest) in guests.into_iter().enumerate() {
            let name = &guest.name;
            let fault =
                |message: &str| Err((name.span().start, format!("guests[{index}].name"), message.into()));
            if !is_plain(name.get_ref()) {
                return fault("write a name of lowercase letters, digits and `-`");
            }
            if plans.iter().any(|plan| plan.name == *name.get_ref()) {
                return fault("another guest has that name");
            }
            plans.push(guest.into_plan(index, &packages, &targets)?);
        }
        Ok(Manifest { name, language, interpreter, packages, guests: plans, fingerprint })
    }
}

fn check_package(
    index: usize,
    package: &Spanned<Package>,
    targets: &mut BTreeSet<String>,
) -> Result<(), Fault> {
    let start = package.span().start;
    let package = package.get_ref();
    let fault =
        |field: &str, message: &str| Err((start, format!("packages[{index}].{field}"), message.to_owned()));
    if package.archives.is_empty() {
        return fault("archives", "there has to be one at least, by its sha256");
    }
    if package.members.is_empty() && package.registry != Registry::PyPi {
        return fault(
            "members",
            "say which files are wanted; only packages of PyPI are installed as a whole",
        );
    }
    for (number, member) in package.members.iter().enumerate() {
        if member.is_folder() != (member.to.is_empty() || member.to.ends_with('/')) {
            let field = format!("members[{number}].to");
            return fault(&field, "a folder, whose path ends in `/`, takes the place of a folder");
        }
        if !targets.insert(member.to.clone()) {
            return fault(&format!("members[{number}].to"), "another member is unpacked to that place");
        }
    }
    Ok(())
}

/// Whether a name is good for files on any system.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl WrittenGuest {
    fn into_plan(
        self,
        index: usize,
        packages: &[Package],
        targets: &BTreeSet<String>,
    ) -> Result<GuestPlan, Fault> {
        let (at_step, step) = (self.step.span().start, *self.step.get_ref());
        let path = |field: &str| format!("guests[{index}].{field}");
        let has_target = |name: &str| {
            targets.iter().any(|target| {
                target == name
                    || (target.is_empty() || target.ends_with('/')) && name.starts_with(target.as_str())
            })
        };
        let needed = |field: &str, value: &Option<Spanned<String>>| match value {
            Some(value) if !value.get_ref().is_empty() => Ok(value.get_ref().clone()),
            Some(value) => Err((value.span().start, path(field), "it is empty".to_owned())),
            None => {
                Err((at_step, path(field), format!("it is missing; the step `{}` needs it", step.as_str())))
            }
        };
        let fetched = |field: &str, value: &Option<Spanned<String>>| {
            let name = needed(field, value)?;
            let start = value.as_ref().map_or(at_step, |value| value.span().start);
            if has_target(&name) {
                Ok(name)
            } else {
                Err((start, path(field), "no member of a package is unpacked to that place".to_owned()))
            }
        };
        let starts = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.span().start);
        let start_of_list = |span: Option<std::ops::Range<usize>>| span.map(|span| span.start);
        let is_module = matches!(step, StepName::Module | StepName::Snapshot);
        let fields = [
            ("world", starts(&self.world), matches!(step, StepName::Componentize)),
            ("module", starts(&self.module), matches!(step, StepName::Componentize)),
            ("file", starts(&self.file), !matches!(step, StepName::Componentize)),
            ("files", start_of_list(self.files.as_ref().map(Spanned::span)), is_module),
            (
                "initialize",
                start_of_list(self.initialize.as_ref().map(Spanned::span)),
                matches!(step, StepName::Snapshot),
            ),
        ];
        for (field, start, belongs) in fields {
            if let (Some(start), false) = (start, belongs) {
                return Err((start, path(field), format!("the step `{}` does not know it", step.as_str())));
            }
        }
        let mut files = Vec::new();
        for (number, entry) in self.files.map(Spanned::into_inner).unwrap_or_default().into_iter().enumerate()
        {
            let from = &entry.get_ref().from;
            if !has_target(in_zip(from).map_or(from, |(archive, _)| archive)) {
                let field = path(&format!("files[{number}].from"));
                let message = "no member of a package is unpacked to that place";
                return Err((entry.span().start, field, message.into()));
            }
            files.push(entry.into_inner());
        }
        let step = match step {
            StepName::Componentize => {
                if packages.iter().all(|package| !package.members.is_empty()) {
                    let message = "it needs a package of which no members are wanted, to be installed";
                    return Err((at_step, path("step"), message.into()));
                }
                BuildStep::Componentize {
                    world: needed("world", &self.world)?,
                    module: needed("module", &self.module)?,
                }
            }
            StepName::Component => BuildStep::Component { file: fetched("file", &self.file)? },
            StepName::Module => BuildStep::Module { file: fetched("file", &self.file)?, files },
            StepName::Snapshot => {
                let file = fetched("file", &self.file)?;
                let written = self.initialize.map(Spanned::into_inner).unwrap_or_default();
                let initialize: Vec<Initializer> = written.into_iter().map(Initializer::from).collect();
                if initialize.is_empty() {
                    let message = "name the functions that initialise the module, or use the step `module`";
                    return Err((at_step, path("initialize"), message.into()));
                }
                BuildStep::Snapshot { file, initialize, files }
            }
        };
        Ok(GuestPlan { name: self.name.into_inner(), step })
    }
}

#[cfg(test)]
mod tests;
