//! Tells compiled guests apart by what made them.

use std::hash::{Hash, Hasher};

use wasmtime::Engine;

macro_rules! texts {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../", $path)))),*] };
}

/// What decides what is made of a guest, by its path in `sandbox/`: all of it. A snapshot is what running the guest
/// leaves, so that what cells do at run time decides, too. A change of any of it makes compiled guests that lie in a
/// cache those of another version.
const TEXTS: &[(&str, &str)] = texts![
    "files/mod.rs",
    "files/tree/by_path.rs",
    "files/tree/contents.rs",
    "files/tree/mod.rs",
    "files/tree/node.rs",
    "files/tree/shared.rs",
    "fuse/emit.rs",
    "fuse/link.rs",
    "fuse/mod.rs",
    "fuse/module.rs",
    "fuse/stack.rs",
    "fuse/walk.rs",
    "mod.rs",
    "pool/cell.rs",
    "pool/compatibility.rs",
    "pool/config.rs",
    "pool/engine.rs",
    "pool/guest.rs",
    "pool/instance_pool.rs",
    "pool/instances.rs",
    "pool/mod.rs",
    "pool/pagemap.rs",
    "pool/slot.rs",
    "pool/snapshot.rs",
    "pool/stack_bounds.rs",
    "units.rs",
    "wasi/abi.rs",
    "wasi/descriptor_table.rs",
    "wasi/file_access.rs",
    "wasi/filesystem/mod.rs",
    "wasi/filesystem/records.rs",
    "wasi/host.rs",
    "wasi/marks.rs",
    "wasi/mod.rs",
    "wasi/preview1/bytes.rs",
    "wasi/preview1/descriptors.rs",
    "wasi/preview1/mod.rs",
    "wasi/preview1/paths.rs",
    "wasi/preview1/records.rs",
    "wasi/resources.rs",
    "wasi/stop.rs",
    "wasi/streams.rs",
    "wasi/turns.rs",
];

/// The key of what this version makes with that engine.
pub(super) fn key(engine: Option<&Engine>) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    (TEXTS, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    if let Some(engine) = engine {
        engine.precompile_compatibility_hash().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The sources of a folder and those below it, but for tests, by their paths from `root`.
    fn sources(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().unwrap() == "tests" {
                continue;
            }
            if path.is_dir() {
                sources(root, &path, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }

    #[test]
    fn all_of_the_sandbox_is_part_of_the_key() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox");
        let mut found = Vec::new();
        sources(&root, &root, &mut found);
        found.sort();
        let part: Vec<&str> = TEXTS.iter().map(|(path, _)| *path).collect();
        assert_eq!(part, found);
    }
}
