//! The settings of wasmtime. They decide what a compiled guest is, as fusing does.

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::sandbox::units::Bytes;

/// How many instances can exist at a time, in use or kept.
const MAX_INSTANCES: u32 = 256;
/// The most memory that a cell can have, whatever its limit.
pub const MOST_MEMORY: Bytes = Bytes(2 << 30);
/// Machine stack for WebAssembly code. A guest that uses 5.5 MiB of a stack in its memory, and stops before its end,
/// takes more than twenty times as much of it, where small functions recurse (comparing lists in lists: between 112 and
/// 128 MiB). This is more, so it is the guest's own stack that ends first, and that ends at the same place on every
/// machine. Code that does not look at what is left of the stack overflows this one, as it does natively: hashing
/// tuples in tuples in tuples. All of it is in the host's memory then, besides what the cell may take.
const WASM_STACK: usize = 160 << 20;
/// Machine stack for WebAssembly code and the host functions that it calls, of
/// which `ask` starts further guests (on stacks of their own).
const FIBER_STACK: usize = 162 << 20;

/// The settings of the engine, the same for compiling and for running.
pub(super) fn config() -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(MAX_INSTANCES)
        .total_memories(MAX_INSTANCES)
        .total_tables(2 * MAX_INSTANCES)
        // A call runs on one stack, and what it calls back on another.
        .total_stacks(2 * MAX_INSTANCES)
        .max_tables_per_module(2)
        .max_memories_per_module(1)
        .total_gc_heaps(MAX_INSTANCES)
        .table_elements(1 << 18)
        .max_core_instance_size(16 << 20)
        .max_memory_size(MOST_MEMORY.as_size())
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(1 << 20)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .consume_fuel(true)
        .cranelift_opt_level(OptLevel::Speed)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(FIBER_STACK)
        // The whole initial image is mapped copy-on-write.
        .memory_guaranteed_dense_image_size(1 << 30)
        // Instances are reused, so filling tables at once pays off: calls
        // through them need not check whether that was done.
        .table_lazy_init(false)
        // The bits of NaN are the one thing in which processors differ.
        .cranelift_nan_canonicalization(true)
        // What C++ throws, and what Lua and others jump by.
        .wasm_exceptions(true)
        // Its results differ between processors.
        .wasm_relaxed_simd(false)
        // A guest has one memory, with addresses of 32 bits: what the host's functions take, and restoring knows.
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        // Nobody reads backtraces of untrusted programs.
        .wasm_backtrace_max_frames(None);
    config
}
