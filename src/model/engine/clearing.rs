//! Makes a cache take memory as it is filled, not all of it when it is created.
//!
//! The library clears a new cache by writing zeros into it, and each page that is written to takes memory: for 16 slots
//! of the default model, half a gigabyte, most of which no completion ever reaches. A fresh page from the system is
//! zero already, and costs nothing until something is written to it. So the function that clears memory is defined
//! here, and returns the pages instead: the contents are the same afterwards. The library finds this function before
//! its own where the program exports it, which `build.rs` sees to; elsewhere, in tests that open an engine in their own
//! process, nothing changes.

use std::ffi::{CStr, c_void};
use std::sync::OnceLock;

use crate::model::library::Functions;
use crate::model::library::parameters::Buffer;

/// Smaller buffers are not worth it.
const LEAST: usize = 1 << 20;

/// The library's name for memory that it took from the system's allocator.
const PLAIN: &CStr = c"CPU";

static FUNCTIONS: OnceLock<Functions> = OnceLock::new();

/// Stores the library's own functions, before it clears anything.
pub(super) fn prepare(functions: &Functions) {
    let _ = FUNCTIONS.set(*functions); // the same library, if it was told before
    // Makes the linker keep it.
    std::hint::black_box(ggml_backend_buffer_clear as unsafe extern "C" fn(*mut Buffer, u8));
}

/// Fills a buffer with a value: replaces the library's function of this name.
///
/// # Safety
///
/// As for the library's own: it made the buffer.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn ggml_backend_buffer_clear(buffer: *mut Buffer, value: u8) {
    let Some(functions) = FUNCTIONS.get() else {
        // Nothing has been loaded, so nobody can have called this.
        std::process::abort()
    };
    // SAFETY: the caller vouches for the buffer.
    unsafe {
        let size = (functions.ggml_backend_buffer_get_size)(buffer);
        let is_plain = CStr::from_ptr((functions.ggml_backend_buffer_name)(buffer)) == PLAIN;
        if value != 0 || size < LEAST || !is_plain {
            return (functions.ggml_backend_buffer_clear)(buffer, value);
        }
        let start = (functions.ggml_backend_buffer_get_base)(buffer).cast::<u8>();
        if !give_back(start, size) {
            (functions.ggml_backend_buffer_clear)(buffer, value);
        }
    }
}

/// Makes memory zero by giving its pages back to the system; false where the system does not take them.
///
/// # Safety
///
/// The memory is the caller's, has that size, and came from the system's allocator.
unsafe fn give_back(start: *mut u8, size: usize) -> bool {
    // SAFETY: takes a number.
    let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(0);
    // Other systems do not promise zeros.
    if !cfg!(target_os = "linux") || !page.is_power_of_two() || size < 2 * page {
        return false;
    }
    let before = start.align_offset(page);
    let whole = (size - before) / page * page;
    // SAFETY: all of it is within the memory that the caller vouches for. Private memory of no file is zero where it is
    // read again.
    unsafe {
        let first = start.add(before);
        if libc::madvise(first.cast::<c_void>(), whole, libc::MADV_DONTNEED) != 0 {
            return false;
        }
        // A page of two mebibytes would be taken as soon as its first byte is written. If the advice fails, nothing is
        // lost.
        #[cfg(target_os = "linux")]
        libc::madvise(first.cast::<c_void>(), whole, libc::MADV_NOHUGEPAGE);
        start.write_bytes(0, before);
        first.add(whole).write_bytes(0, size - before - whole);
    }
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_given_back_is_zero_to_its_ends() {
        for (offset, size) in [(0, 1 << 20), (1, 100_000), (4095, 8192 + 4096), (17, 8192)] {
            let mut memory = vec![7_u8; offset + size + 5];
            // SAFETY: a part of the vector.
            assert!(unsafe { give_back(memory.as_mut_ptr().add(offset), size) });
            assert!(memory[..offset].iter().chain(&memory[offset + size..]).all(|byte| *byte == 7));
            assert!(memory[offset..offset + size].iter().all(|byte| *byte == 0), "{offset} {size}");
        }
        // SAFETY: as above.
        assert!(!unsafe { give_back([7_u8; 100].as_mut_ptr(), 100) });
    }
}
