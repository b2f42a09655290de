//! Gives a guest a larger stack than the one it was linked with.
//!
//! A guest's stack lies at the beginning of its memory, with all that it was linked with behind it, so that it can not
//! grow. But a guest that is initialised before it is compiled can set a block of its memory aside, and be told that
//! this is its stack: nothing is on the old one between calls.
//!
//! Below the old stack ends the memory, so that overflowing it traps. Below the new one lies other memory of the guest.
//! That concerns nobody else, and the interpreter, which knows the bounds of its stack, stops before it gets there:
//! [`RED_ZONE`] bytes of the block are left for functions that do not ask.

use std::borrow::Cow;

use wasm_encoder::{Function, Instruction};
use wasmparser::{FunctionBody, Operator};

use super::FuseError;
use super::link::{Constant, Linked};
use super::module::CoreModule;

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
    /// The function that is made to take more of it, if one is.
    pub deepened: Option<Deepened>,
}

/// A function that looks at how much is left of the stack, and takes none of it itself. Compiled for another machine it
/// would, so that recursion through it ends in time. Here only the machine's stack grows, which it can not see.
#[derive(Clone, Copy, Debug)]
pub struct Deepened {
    /// Its name.
    pub function: &'static str,
    /// How many bytes of the guest's stack it is to take, a multiple of 16.
    pub takes: u32,
}

/// Bytes at the end of the stack that the interpreter does not know of.
const RED_ZONE: u32 = 256 << 10;

impl Deepened {
    /// The function among those of the modules: module, and place among its bodies.
    pub(super) fn find(&self, modules: &[CoreModule<'_>]) -> Result<(usize, usize), FuseError> {
        let mut found = None;
        for (index, module) in modules.iter().enumerate() {
            let imported = module.imported_functions.len();
            let named =
                |(function, name): &&(u32, &str)| *name == self.function && *function as usize >= imported;
            for (function, _) in module.names.iter().filter(named) {
                if found.replace((index, *function as usize - imported)).is_some() {
                    return Err(FuseError::Unsupported(format!("two functions called {}", self.function)));
                }
            }
        }
        found.ok_or_else(|| FuseError::Unresolved {
            module: "the names of functions".into(),
            name: self.function.into(),
        })
    }

    /// The local variable that the function has the stack's pointer in, which is global `pointer` in its module. It
    /// gets that first of all, and puts it back wherever it ends, so that it does not matter what it takes meanwhile.
    ///
    /// # Errors
    ///
    /// A function that does otherwise.
    pub(super) fn check(&self, body: &FunctionBody<'_>, pointer: u32) -> Result<u32, FuseError> {
        let refuse =
            || FuseError::Unsupported(format!("what {} does with the stack's pointer", self.function));
        let mut reader = body.get_operators_reader()?;
        let (Operator::GlobalGet { global_index }, Operator::LocalSet { local_index }) =
            (reader.read()?, reader.read()?)
        else {
            return Err(refuse());
        };
        let mut before = [Operator::Nop, Operator::Nop];
        let mut depth = 0_usize;
        while !reader.eof() {
            let operator = reader.read()?;
            let ends = match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    depth += 1;
                    false
                }
                Operator::End if depth > 0 => {
                    depth -= 1;
                    false
                }
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth }
                    if (relative_depth as usize) < depth =>
                {
                    false
                }
                Operator::Br { .. }
                | Operator::BrIf { .. }
                | Operator::BrTable { .. }
                | Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. } => return Err(refuse()),
                Operator::End | Operator::Return => true,
                _ => false,
            };
            if ends
                && !matches!(before, [Operator::LocalGet { .. }, Operator::GlobalSet { global_index }]
                    if global_index == pointer)
            {
                return Err(refuse());
            }
            let [_, last] = before;
            before = [last, operator];
        }
        if global_index == pointer { Ok(local_index) } else { Err(refuse()) }
    }

    /// Takes some of the stack, of which `local` has the pointer and which is global `pointer` in the fused module.
    pub(super) fn take(&self, function: &mut Function, local: u32, pointer: u32) {
        function.instruction(&Instruction::LocalGet(local));
        function.instruction(&Instruction::I32Const(self.takes as i32));
        function.instruction(&Instruction::I32Sub);
        function.instruction(&Instruction::GlobalSet(pointer));
    }
}

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
