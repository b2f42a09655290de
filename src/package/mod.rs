//! Pinned packages of public registries, fetched by the tools that their languages have, into folders of the cache.
//!
//! A [`Package`] is pinned by name, version and the sha256 of its archive; what is wanted of it, by path. [`Folder`]
//! keeps the wanted files of a [`Part`], whole or not at all: they are unpacked under a temporary name, checked and
//! renamed, and a record of their digests is written last. A damaged part is fetched again, not used.
//!
//! Python packages come by pip ([`python`]; in a virtual environment where the machine has none), npm's by the
//! machine's own npm, or, where there is none, by one from a Python package, and crates by the machine's own cargo. So
//! proxies, mirrors and certificates are as the user has set them for those.

mod archive;
mod cargo;
mod error;
mod folder;
mod npm;
mod part;
mod pin;
pub mod python;
mod tools;
mod write;

pub use error::PackageError;
pub use folder::{Folder, KeptPart, PartState};
pub use part::{Made, Make, Part, Text};
pub use pin::{Archive, Member, Package, Registry, Sha256};
pub use tools::FetchStep;

pub(crate) use write::{LOCK, TEMPORARY, lock, remove_unfinished, write_whole};
