//! An instance which can be put back to its initial state.
//!
//! # Why a restored instance is as good as a new one
//!
//! [Fusing](crate::sandbox::fuse) refuses instructions that change tables or
//! drop segments, and modules with several memories; so does Wizer, which makes
//! snapshots, and whose reasons are the same. What remains of a guest's state is
//! its memory, its mutable globals, and what the host keeps for it:
//!
//! * **Memory.** Its size only grows, and instances which grew are dropped. Its
//!   contents differ from the initial ones only in pages that the guest wrote
//!   since the memory was mapped, or since the page was last released. The
//!   kernel knows all of these (see [`PageMap`]), and each is either overwritten
//!   with the initial contents, found to equal them, or released, after which
//!   the copy-on-write mapping yields the initial contents again. Restored pages
//!   remain written in the kernel's view, so they are looked at next time too.
//! * **Globals.** Every global that some instruction sets is exported as
//!   `global:N` and written back.
//! * **The host's state** is reset; fuel is set when a cell starts.
//!
//! Instances in which anything trapped are dropped as well, although memory and
//! globals could be restored: wasmtime promises nothing about them.

use std::ops::Range;
use std::sync::Arc;

use wasmtime::{Global, Instance, Memory, PoolConcurrencyLimitError, Store, TypedFunc, Val};

use super::instance_pool::InstancePool;
use super::pagemap::{self, PageMap};
use super::{SandboxError, block_on};
use crate::sandbox::files::FileTree;
use crate::sandbox::units::Fuel;
use crate::sandbox::wasi::{ALLOCATE, Host, HostStop};

/// Size of the pages that are restored. It is the page size of x86-64; where
/// pages are larger, ranges of written bytes are still multiples of it.
const PAGE: usize = 4096;
/// After this many runs, pages that none of them changed are released: comparing them after every run would cost more
/// than the page fault when one is needed again. Releasing them sooner, or one by one, costs system calls that make
/// the threads of the process wait for each other.
const SWEEP: u32 = 64;
/// With more written pages than this (64 MiB) all are released at once.
const MANY_PAGES: usize = 16 * 1024;

/// Guests yield to the host after this much fuel, some ten milliseconds, so that
/// the host can look at the clock.
const YIELD_INTERVAL: u64 = 50_000_000;

/// An export that cells can call.
#[derive(Clone)]
pub(super) struct Export {
    /// Takes address and length of the request, returns the address of the
    /// address and length of the response.
    pub function: TypedFunc<(u32, u32), u32>,
    /// Releases the response.
    pub post_return: Option<TypedFunc<u32, ()>>,
}

/// What an instance that takes turns is given its texts by.
#[derive(Clone)]
pub(super) struct Turns {
    /// Takes address and length of a text, and returns zero.
    pub turn: TypedFunc<(u32, u32), u32>,
    /// Makes room for this many bytes.
    pub allocate: TypedFunc<u32, u32>,
}

impl Turns {
    /// Those of an instance, if it takes turns.
    pub(super) fn of(store: &mut Store<Host>, instance: &Instance) -> Option<Turns> {
        let turn = instance.get_typed_func(&mut *store, "turn").ok()?;
        let allocate = instance.get_typed_func(&mut *store, ALLOCATE).ok()?;
        Some(Turns { turn, allocate })
    }

    /// Has the instance execute a text; whether it says that all went well.
    pub(super) async fn execute(
        &self,
        store: &mut Store<Host>,
        memory: Memory,
        text: &str,
    ) -> wasmtime::Result<bool> {
        let bad = || wasmtime::Error::new(HostStop::BadPointer);
        let length = u32::try_from(text.len()).map_err(|_| bad())?;
        let address = self.allocate.call_async(&mut *store, length).await?;
        if address == 0 {
            return Err(bad());
        }
        memory.write(&mut *store, address as usize, text.as_bytes()).map_err(|_| bad())?;
        Ok(self.turn.call_async(&mut *store, (address, length)).await? == 0)
    }
}

/// An instance together with what is needed to restore it.
pub(super) struct Slot {
    pub store: Store<Host>,
    pub memory: Memory,
    /// The allocator for requests, where cells have exports to call.
    pub realloc: Option<TypedFunc<(u32, u32, u32, u32), u32>>,
    /// What has to be called before anything else, if it was not yet.
    pub initialize: Option<TypedFunc<(), ()>>,
    /// What a command does.
    pub start: Option<TypedFunc<(), ()>>,
    /// How it takes turns, if it does.
    pub turns: Option<Turns>,
    pub exports: Vec<(Arc<str>, Export)>,
    /// The guest's stack pointer with its initial value.
    pub stack_pointer: Option<(Global, i32)>,
    /// The globals that can change with their initial values.
    pub globals: Vec<(Global, Val)>,
    initial_size: usize,
    /// For every page, the run that changed it last.
    changed: Vec<u32>,
    /// Number of the current run.
    run: u32,
    written: Vec<Range<usize>>,
}

/// What slots are made from.
pub(super) struct SlotTemplate {
    pub pool: InstancePool,
    /// What a second of the guest's clock burns.
    pub native_second: Fuel,
    /// What the files of all cells begin with.
    pub files: FileTree,
    pub instance: wasmtime::InstancePre<Host>,
    /// Names of exports that cells can call.
    pub exports: Vec<Arc<str>>,
    /// Number of mutable globals; none where they are not known, and nothing is restored.
    pub globals: usize,
    /// Whether the module is one that fusing has made.
    pub is_fused: bool,
    /// Whether all of an instance's state is where restoring looks for it.
    pub restores: bool,
}

impl SlotTemplate {
    /// A new instance. Where there are too many, some that other guests keep unused make room: of those that are
    /// restored, which share a pool. Others keep none.
    pub(super) fn slot(&self) -> Result<Slot, SandboxError> {
        loop {
            match Slot::new(self) {
                Err(SandboxError::Wasmtime(error))
                    if error.is::<PoolConcurrencyLimitError>() && self.pool.make_room() => {}
                other => return other,
            }
        }
    }
}

impl Slot {
    /// Makes a new instance.
    fn new(template: &SlotTemplate) -> Result<Self, SandboxError> {
        let mut store =
            Store::new(&template.pool.wasmtime, Host::new(template.native_second, template.files.clone()));
        store.limiter(|host| host);
        store.fuel_async_yield_interval(Some(YIELD_INTERVAL))?;
        // Instantiation checks for fuel; cells set what they have afterwards.
        store.set_fuel(YIELD_INTERVAL)?;
        let instance = block_on(template.instance.instantiate_async(&mut store), None)
            .ok_or_else(|| SandboxError::NotAGuest("it does not instantiate at once".into()))??;
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| SandboxError::NotAGuest("it has no memory".into()))?;
        let (mut realloc, mut initialize, mut start, mut turns) = (None, None, None, None);
        if !template.exports.is_empty() {
            realloc = Some(instance.get_typed_func(&mut store, "cabi_realloc")?);
        }
        if !template.is_fused {
            initialize = instance.get_typed_func(&mut store, "_initialize").ok();
            start = instance.get_typed_func(&mut store, "_start").ok();
            turns = Turns::of(&mut store, &instance);
        }
        let mut exports = Vec::new();
        for name in &template.exports {
            exports.push((name.clone(), export(&mut store, &instance, name)?));
        }
        let mut globals = Vec::new();
        for index in 0..template.globals {
            let global = instance
                .get_global(&mut store, &format!("global:{index}"))
                .ok_or_else(|| SandboxError::NotAGuest(format!("global {index} is missing")))?;
            let value = global.get(&mut store);
            globals.push((global, value));
        }
        let stack_pointer = instance.get_global(&mut store, "__stack_pointer");
        let stack_pointer = stack_pointer.and_then(|global| Some((global, global.get(&mut store).i32()?)));
        let initial_size = memory.data_size(&store);
        Ok(Slot {
            memory,
            realloc,
            initialize,
            start,
            turns,
            exports,
            stack_pointer,
            globals,
            initial_size,
            changed: if template.restores { vec![0; initial_size.div_ceil(PAGE)] } else { Vec::new() },
            run: 0,
            written: Vec::new(),
            store,
        })
    }

    /// Whether the guest's own stack, which is in its memory, has overflowed:
    /// it grows downwards from its initial pointer to address zero and beyond,
    /// where addresses wrap around.
    pub(super) fn stack_overflowed(&mut self) -> bool {
        self.stack_pointer.is_some_and(|(global, initial)| {
            let now = global.get(&mut self.store).i32();
            now.is_some_and(|now| now as u32 > initial as u32)
        })
    }

    /// Releases all pages, which is the slow way to restore the memory.
    pub(super) fn release_memory(&mut self) -> bool {
        let size = self.initial_size;
        release(self.memory.data_mut(&mut self.store), std::slice::from_ref(&(0..size)))
    }

    /// Puts the instance back to its initial state; `false` if that can not be
    /// done, whereupon the slot has to be dropped.
    ///
    /// `pristine` is the memory of an instance of which nothing was ever called.
    pub(super) fn restore(&mut self, map: &PageMap, pristine: &[u8]) -> bool {
        self.store.data_mut().reset();
        let memory = self.memory.data_mut(&mut self.store);
        // Growing is the one change to memory that can not be undone.
        if memory.len() != self.initial_size || pristine.len() != self.initial_size {
            return false;
        }
        self.written.clear();
        if map.written(memory, &mut self.written).is_err() {
            return false;
        }
        self.run = self.run.wrapping_add(1);
        let pages: usize = self.written.iter().map(|range| range.len() / PAGE).sum();
        let mut releases: Vec<Range<usize>> = Vec::new();
        if pages > MANY_PAGES {
            releases.push(0..self.initial_size);
        } else {
            let sweep = self.run.is_multiple_of(SWEEP);
            for start in self.written.iter().flat_map(|range| range.clone().step_by(PAGE)) {
                let page = start..(start + PAGE).min(self.initial_size);
                let (now, initial) = (&mut memory[page.clone()], &pristine[page.clone()]);
                let changed_in = &mut self.changed[start / PAGE];
                if now != initial {
                    now.copy_from_slice(initial);
                    *changed_in = self.run;
                } else if sweep && self.run.wrapping_sub(*changed_in) >= SWEEP {
                    match releases.last_mut() {
                        Some(last) if last.end == page.start => last.end = page.end,
                        _ => releases.push(page),
                    }
                }
            }
        }
        if !release(memory, &releases) {
            return false;
        }
        self.globals.iter().all(|(global, value)| global.set(&mut self.store, *value).is_ok())
    }
}

/// Has the initial contents of whole pages found there again, by a quicker way than writing them.
pub(super) fn release(memory: &mut [u8], ranges: &[Range<usize>]) -> bool {
    // SAFETY: linear memories of the pooling allocator are private mappings of their initial image, which a guest
    // checks by trying it out before any slot is restored (`Instances::releasing_restores`). Wasmtime itself
    // releases them in the same way, and keeps no data of its own there. Ranges consist of whole pages because
    // written ranges do.
    unsafe { pagemap::release(memory, ranges) }.is_ok()
}

fn export(store: &mut Store<Host>, instance: &Instance, name: &str) -> Result<Export, SandboxError> {
    let function = instance.get_typed_func(&mut *store, name)?;
    let post_return = match instance.get_func(&mut *store, &format!("cabi_post_{name}")) {
        Some(function) => Some(function.typed(&*store)?),
        None => None,
    };
    Ok(Export { function, post_return })
}
