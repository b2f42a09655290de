//! Marks: how code of a guest tells the host that it was reached, where other code of the same guest is not trusted.
//!
//! A mark is a function that the guest imports from `mark`, without parameters and results, whose name is a secret:
//! whoever puts the guest together makes it up, and lets the trusted code alone import it. A guest can not read what it
//! imports, nor can it call what it does not import. [`Cell::mark`](crate::sandbox::Cell::mark) says which was reached
//! last.

use wasmtime::{FuncType, Linker};

use super::abi::{self, FUEL_A_SHORT_CALL};
use super::{Guest, Host, Import};

/// The module that marks are imported from.
const MODULE: &str = "mark";

/// Adds an import to the linker if it is a mark.
pub(super) fn provide(
    linker: &mut Linker<Host>,
    import: Import<'_>,
    ty: &FuncType,
) -> wasmtime::Result<bool> {
    if import.module != MODULE || ty.params().len() + ty.results().len() > 0 {
        return Ok(false);
    }
    let name = import.name.to_owned();
    linker.func_wrap(import.module, import.name, move |mut guest: Guest<'_>| {
        abi::charge(&mut guest, FUEL_A_SHORT_CALL)?;
        guest.data_mut().mark = Some(name.clone());
        Ok::<_, wasmtime::Error>(())
    })?;
    Ok(true)
}
