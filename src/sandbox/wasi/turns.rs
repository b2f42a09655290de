//! Guests that take turns: interpreters which execute a text a turn, in a session that goes on, and reach the host by one
//! function, `host.call: func(request, length, address of the answer's address, address of its length) -> status`.
//!
//! In each turn such a guest is given one request, and gives one reply. The first byte of what it calls the host with
//! says what it wants:
//!
//! | byte | followed by | answer |
//! | --- | --- | --- |
//! | `r` | | the request of this turn |
//! | `a` | a question | [the answer](super::AskFunction) |
//! | `d` | the reply | nothing |

use wasmtime::{Caller, Linker};

use super::abi::{self, LONGEST_MESSAGE, bad_pointer, charge, read_question, slice, write};
use super::host::Host;
use super::stop::HostStop;
use super::{Guest, Import};

/// The module that the function is imported from.
pub(super) const MODULE: &str = "host";
/// The function's name.
pub(super) const FUNCTION: &str = "call";
/// The guest's export that allocates what it is given: bytes to address, zero if there is no room.
pub const ALLOCATE: &str = "host_alloc";

/// What the function returns where all is well, and where the guest asked for what there is not.
const DONE: i32 = 0;
const NO_HOST: i32 = -1;

/// Adds the function to the linker.
pub(super) fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        import.module,
        import.name,
        |mut guest: Guest<'_>, (address, length, to_address, to_length): (u32, u32, u32, u32)| {
            Box::new(async move {
                let Some(rest) = length.checked_sub(1) else { return Ok(NO_HOST) };
                let wish = slice(&mut guest, address, 1)?.0[0];
                let behind = address.checked_add(1).ok_or_else(bad_pointer)?;
                let answer = match wish {
                    b'r' => std::mem::take(&mut guest.data_mut().turn.request),
                    b'a' => {
                        let question = read_question(&mut guest, behind, rest)?;
                        guest.data_mut().ask(&question).map_err(wasmtime::Error::new)?
                    }
                    b'd' => {
                        // The cell charges for it, as for any reply.
                        if rest as usize > LONGEST_MESSAGE {
                            return Err(wasmtime::Error::new(HostStop::MessageTooLong));
                        }
                        let (reply, host) = slice(&mut guest, behind, rest)?;
                        host.turn.reply = Some(reply.to_vec());
                        Vec::new()
                    }
                    _ => return Ok(NO_HOST),
                };
                let length = u32::try_from(answer.len()).map_err(|_| bad_pointer())?;
                let place = allocate(&mut guest, length).await?;
                write(&mut guest, place, &answer)?;
                write(&mut guest, to_address, &place.to_le_bytes())?;
                write(&mut guest, to_length, &length.to_le_bytes())?;
                Ok(DONE)
            })
        },
    )?;
    Ok(())
}

/// Makes room for what the guest is given.
async fn allocate(guest: &mut Caller<'_, Host>, length: u32) -> wasmtime::Result<u32> {
    charge(guest, abi::FUEL_A_CALL)?;
    let function =
        guest.get_export(ALLOCATE).and_then(wasmtime::Extern::into_func).ok_or_else(bad_pointer)?;
    let function = function.typed::<u32, u32>(&*guest)?;
    match function.call_async(guest, length.max(1)).await? {
        0 => Err(bad_pointer()),
        address => Ok(address),
    }
}
