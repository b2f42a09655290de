//! What is installed beside the program: the folder `share/karat`, with guests that need not be built and problem sets.
//!
//! Where the program lies in `PREFIX/bin`, it is `PREFIX/share/karat`. The environment variable `KARAT_DATA_DIR` names
//! another; a program that uses the library does so by [`look_in`]. Where Karat is run from its source there is none.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

/// The folder that was named by [`look_in`].
static NAMED: OnceLock<PathBuf> = OnceLock::new();

/// Names the folder `share/karat`, for a program whose own place does not tell where it is. Only the first call counts.
pub fn look_in(folder: PathBuf) {
    let _ = NAMED.set(folder);
}

/// The folders that may be there, the one that is meant first.
pub(crate) fn folders() -> Vec<PathBuf> {
    let from_environment = env::var_os("KARAT_DATA_DIR").filter(|folder| !folder.is_empty());
    let program = env::current_exe().and_then(fs::canonicalize).ok();
    let folders = from_environment.map(PathBuf::from).into_iter();
    folders.chain(NAMED.get().cloned()).chain(program.and_then(|program| beside(&program))).collect()
}

/// The folder of the prefix that a program is installed in.
fn beside(program: &Path) -> Option<PathBuf> {
    let bin = program.parent().filter(|folder| folder.ends_with("bin"))?;
    Some(bin.parent()?.join("share/karat"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_belongs_to_the_prefix_of_the_program() {
        assert_eq!(beside(Path::new("/opt/x/bin/karat")), Some(PathBuf::from("/opt/x/share/karat")));
        assert_eq!(beside(Path::new("/home/me/karat/target/release/karat")), None);
    }
}
