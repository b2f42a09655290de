//! Finds out which pages of a private mapping were written.
//!
//! Linux (6.7 and later) reports this with the `PAGEMAP_SCAN` request on
//! `/proc/self/pagemap`. A page of a private mapping has its own copy in
//! memory, which is neither the zero page nor part of a file, exactly if it was
//! written since it was mapped or last released.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd;

/// `_IOWR('f', 16, struct pm_scan_arg)`.
const PAGEMAP_SCAN: libc::c_ulong =
    (3 << 30) | ((size_of::<ScanArgument>() as libc::c_ulong) << 16) | (0x66 << 8) | 16;

const PAGE_IS_FILE: u64 = 1 << 2;
const PAGE_IS_PRESENT: u64 = 1 << 3;
const PAGE_IS_SWAPPED: u64 = 1 << 4;
const PAGE_IS_PFNZERO: u64 = 1 << 5;

/// How many regions one request reports at most. A Python run leaves some
/// hundred, so that usually a single request is enough.
const REGIONS: usize = 512;

/// `struct pm_scan_arg` of the kernel.
#[repr(C)]
struct ScanArgument {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `struct page_region` of the kernel.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

/// Access to the page map of this process.
///
/// It must not be used in a child after a fork without an exec, where the open
/// file would still describe the parent.
#[derive(Debug)]
pub(super) struct PageMap {
    file: File,
}

impl PageMap {
    /// Opens the page map, if the kernel supports scanning it.
    pub(super) fn open() -> io::Result<Self> {
        let map = PageMap { file: File::open("/proc/self/pagemap")? };
        map.written(&[], &mut Vec::new())?;
        Ok(map)
    }

    /// Appends to `found` the ranges of byte offsets in `memory` which were
    /// written, rounded to pages. `memory` has to start at a page boundary.
    pub(super) fn written(&self, memory: &[u8], found: &mut Vec<Range<usize>>) -> io::Result<()> {
        let base = memory.as_ptr() as u64;
        let mut regions = [Region::default(); REGIONS];
        let mut argument = ScanArgument {
            size: size_of::<ScanArgument>() as u64,
            flags: 0,
            start: if memory.is_empty() { 0 } else { base },
            end: if memory.is_empty() { 0 } else { base + memory.len() as u64 },
            walk_end: 0,
            vec: regions.as_mut_ptr() as u64,
            vec_len: REGIONS as u64,
            max_pages: 0,
            // Not the zero page, not of a file …
            category_inverted: PAGE_IS_PFNZERO | PAGE_IS_FILE,
            category_mask: PAGE_IS_PFNZERO | PAGE_IS_FILE,
            // … but there at all. Pages in swap, and pages which the kernel is
            // just about to migrate, are reported as swapped, not as present.
            category_anyof_mask: PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
            return_mask: 0,
        };
        loop {
            // SAFETY: the request reads and writes `argument` only, which is
            // laid out as the kernel wants it, and fills at most `vec_len`
            // regions of the array that `vec` points to; both outlive the call.
            // Without flags it does not change any page.
            let count = unsafe { libc::ioctl(self.file.as_raw_fd(), PAGEMAP_SCAN, &raw mut argument) };
            let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
            for region in regions.iter().take(count) {
                // Clamped, so that callers can rely on the ranges.
                let start = region.start.clamp(base, base + memory.len() as u64) - base;
                let end = region.end.clamp(base, base + memory.len() as u64) - base;
                found.push(start as usize..end as usize);
            }
            if argument.walk_end >= argument.end || count == 0 {
                return Ok(());
            }
            argument.start = argument.walk_end;
        }
    }
}

/// Gives pages of a private mapping back to the system, so that the next access
/// finds what was mapped there in the first place.
///
/// Linux 6.16 and later takes many ranges at once (`process_madvise` on the
/// calling process), and then interrupts the other processors only once.
///
/// # Safety
///
/// `ranges` of `memory` have to be part of a mapping which the owner agrees to
/// lose writes to, have to start at a page boundary and to end at one.
pub(super) unsafe fn release(memory: &mut [u8], ranges: &[Range<usize>]) -> io::Result<()> {
    /// The calling process, where a file descriptor of a process is expected.
    const PIDFD_SELF: libc::c_int = -10_000;
    for chunk in ranges.chunks(libc::UIO_MAXIOV as usize) {
        let mut vectors = Vec::with_capacity(chunk.len());
        for range in chunk {
            let pages = memory.get_mut(range.clone()).ok_or(io::ErrorKind::InvalidInput)?;
            vectors.push(libc::iovec { iov_base: pages.as_mut_ptr().cast(), iov_len: pages.len() });
        }
        let length: usize = vectors.iter().map(|vector| vector.iov_len).sum();
        // SAFETY: nobody else can look at the bytes while they change, because
        // the exclusive reference covers all of them; the caller vouches for
        // the mapping. The kernel reads `vectors` only during the call.
        let released = unsafe {
            libc::syscall(
                libc::SYS_process_madvise,
                PIDFD_SELF,
                vectors.as_ptr(),
                vectors.len(),
                libc::MADV_DONTNEED,
                0,
            )
        };
        if usize::try_from(released) == Ok(length) {
            continue;
        }
        for vector in &vectors {
            // SAFETY: as above, one range at a time.
            if unsafe { libc::madvise(vector.iov_base, vector.iov_len, libc::MADV_DONTNEED) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
    }
    Ok(())
}
