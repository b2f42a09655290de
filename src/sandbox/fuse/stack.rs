//! Gives a guest a larger stack than the one it was linked with.
//!
//! A guest's stack lies at the beginning of its memory, with all that it was linked with behind it, so that it can not
//! grow. But a guest that is initialised before it is compiled can set a block of its memory aside, and be told that this
//! is its stack: nothing is on the old one between calls.
//!
//! Below the old stack ends the memory, so that overflowing it traps. Below the new one lies other memory of the guest.
//! That concerns nobody else, and the interpreter, which knows the bounds of its stack, stops before it gets there:
//! [`RED_ZONE`] bytes of the block are left for functions that do not ask.

use std::borrow::Cow;

use super::FuseError;
use super::link::{Constant, Linked};

/// The block that a guest sets aside.
#[derive(Clone, Copy, Debug)]
pub struct NewStack {
    /// How it begins.
    pub mark: [u8; 16],
    /// Its size in bytes.
    pub size: u32,
    /// The lower bounds of the old stack that the interpreter keeps, as many bytes above its end. They are found in its
    /// memory, once, behind the upper bound, a word each.
    pub bounds: [u32; 2],
}

/// Bytes at the end of the stack that the interpreter does not know of.
const RED_ZONE: u32 = 256 << 10;

impl Linked<'_> {
    /// Moves the stack to the block that the guest has set aside.
    pub(super) fn move_stack(&mut self, stack: &NewStack) -> Result<(), FuseError> {
        let refuse = |what: String| FuseError::Unsupported(format!("a guest to be given a stack {what}"));
        let mut pointers = self.stack_pointers.iter();
        let (Some(&pointer), None) = (pointers.next(), pointers.next()) else {
            return Err(refuse(format!("that has {} stack pointers", self.stack_pointers.len())));
        };
        let Constant::I32(old_top) = self.globals[pointer as usize].value else {
            return Err(refuse("whose stack pointer is no address".into()));
        };
        let [base, ..] = self.places(&stack.mark)[..] else {
            return Err(refuse("that has set no memory aside".into()));
        };
        if self.places(&stack.mark).len() > 1 {
            return Err(refuse("that has set memory aside twice".into()));
        }
        let words = |top: u32, bounds: [u32; 2]| [top, bounds[0], bounds[1]].map(u32::to_le_bytes).concat();
        let known = words(old_top as u32, stack.bounds);
        let [bounds] = self.places(&known)[..] else {
            let found = self.places(&known).len();
            return Err(refuse(format!("whose bounds of the old one are found {found} times")));
        };
        let base = base as u32;
        let top = (base + stack.size) & !15;
        let new = words(top, stack.bounds.map(|above| base + RED_ZONE + above));
        self.globals[pointer as usize].value = Constant::I32(top as i32);
        self.put(bounds, &new);
        Ok(())
    }

    /// Every address at which the initial memory has these bytes.
    fn places(&self, wanted: &[u8]) -> Vec<u64> {
        let within = |(_, offset, bytes): &(u32, u64, Cow<[u8]>)| {
            let places = bytes.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted);
            places.map(|(place, _)| offset + place as u64).collect::<Vec<_>>()
        };
        self.data.iter().flat_map(within).collect()
    }

    /// Writes bytes over others of the initial memory, which lie in one segment.
    fn put(&mut self, address: u64, new: &[u8]) {
        for (_, offset, bytes) in &mut self.data {
            let place =
                address.checked_sub(*offset).filter(|place| place + new.len() as u64 <= bytes.len() as u64);
            if let Some(place) = place {
                bytes.to_mut()[place as usize..][..new.len()].copy_from_slice(new);
            }
        }
    }
}
