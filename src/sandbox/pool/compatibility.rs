//! Tells compiled guests apart by what made them.

use std::hash::{Hash, Hasher};

use wasmtime::Engine;

macro_rules! texts {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../", $path)))),*] };
}

/// What decides what is made of a component, by its path in `sandbox/`. A change of any of it makes compiled guests
/// that lie in a cache those of another version; only what cells do at run time is left out.
const TEXTS: &[(&str, &str)] = texts![
    "fuse/mod.rs",
    "fuse/emit.rs",
    "fuse/link.rs",
    "fuse/module.rs",
    "fuse/stack.rs",
    "fuse/walk.rs",
    "pool/config.rs",
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

    #[test]
    fn all_of_fusing_is_part_of_the_key() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/fuse");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_part = TEXTS.iter().any(|(path, _)| *path == format!("fuse/{name}"));
            assert!(is_part || name == "tests.rs", "{name}");
        }
    }
}
