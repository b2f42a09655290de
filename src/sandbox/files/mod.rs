//! A file system in memory, of which each cell has its own.
//!
//! It begins with `/tmp` and the devices in `/dev`; everything but `/dev` can be written. Whatever a program sees of it
//! is determined by what the program did: listings are sorted by name, times come from the guest's clock, and the
//! numbers of files from the order in which they were made. `/tmp` and `/dev` are not listed in `/`, which is where
//! programs start, so that they begin in an empty directory, as they do in most harnesses.
//!
//! A [`FileTree`] is what the cells of a guest begin with beside that. It is shared, and none can change it for
//! another: each has a layer of its own above it, where whatever it writes to or removes is a copy.
//!
//! Nothing here knows of WebAssembly; [`wasi`](super::wasi) hands it to guests. Guests are hostile: what all files
//! together may take is bounded (see [`tree`]), as are the open ones, and [`Files::take_work`] tells what the work done
//! is worth, which the guest has to pay for.

mod tree;

#[cfg(test)]
mod tests;

pub(super) use tree::{Device, LONGEST_PATH, NewTime, NodeKind, Stat, Timestamp};

use std::sync::Arc;

use tree::{NodeId, SharedNodes, Tree};

/// How many descriptors, streams and listings a guest may hold at a time.
const MOST_HANDLES: usize = 4096;

/// Why something can not be done with a file. The names are those of POSIX errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // their messages say it
pub enum FileError {
    #[error("permission denied")]
    Access,
    #[error("bad file descriptor")]
    BadDescriptor,
    #[error("device or resource busy")]
    Busy,
    #[error("file exists")]
    Exist,
    #[error("file too large")]
    FileTooLarge,
    #[error("illegal byte sequence")]
    IllegalByteSequence,
    #[error("too many open files")]
    TooManyOpen,
    #[error("no space left on device")]
    InsufficientSpace,
    #[error("invalid argument")]
    Invalid,
    #[error("illegal seek")]
    InvalidSeek,
    #[error("is a directory")]
    IsDirectory,
    #[error("too many levels of symbolic links")]
    Loop,
    #[error("file name too long")]
    NameTooLong,
    #[error("no such file or directory")]
    NoEntry,
    #[error("not a directory")]
    NotDirectory,
    #[error("directory not empty")]
    NotEmpty,
    #[error("operation not permitted")]
    NotPermitted,
}

/// How to open a file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Open {
    /// To read it.
    pub read: bool,
    /// To write it.
    pub write: bool,
    /// Make it if it does not exist.
    pub create: bool,
    /// It must not exist.
    pub exclusive: bool,
    /// Empty it.
    pub truncate: bool,
    /// It must be a directory.
    pub directory: bool,
    /// Where it is a symbolic link, open what that leads to.
    pub follow: bool,
}

/// What a stream reads from or writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A file, and how many bytes of it follow.
    File {
        /// Bytes from the position of the stream to the end.
        left: u64,
    },
    /// A device, which the host serves.
    Device(Device),
}

/// An open file or directory.
#[derive(Debug, Clone, Copy)]
struct Descriptor {
    node: NodeId,
    read: bool,
    write: bool,
    /// Where the streams of this descriptor go on. It is one position for all of them, as in POSIX: the guest's library
    /// opens a stream for each direction and does not tell one what the other has done.
    position: u64,
}

#[derive(Debug)]
enum Handle {
    Descriptor(Descriptor),
    Input {
        of: u32,
    },
    Output {
        of: u32,
        append: bool,
    },
    /// A listing that has come to a name. It keeps the directory alive.
    Listing {
        directory: NodeId,
        last: Option<Box<str>>,
    },
}

/// The files of a cell, and the handles that its guest holds on them.
#[derive(Debug)]
pub(super) struct Files {
    tree: Tree,
    handles: Vec<Option<Handle>>,
    /// Places in `handles` that are free.
    free: Vec<u32>,
}

type Result<T, E = FileError> = std::result::Result<T, E>;

/// The result of using a file.
pub(super) type FileResult<T> = Result<T>;

/// Files that the cells of a guest share. A cell can change what it sees of them, and no other cell sees that; clones
/// are the same files.
#[derive(Debug, Clone, Default)]
pub struct FileTree {
    shared: Option<Arc<SharedNodes>>,
}

impl FileTree {
    /// A tree of files, by their paths from the root. The directories above them are made. They may be of any size, and
    /// a cell's bound on files does not count them.
    ///
    /// # Errors
    ///
    /// Two files at one path, or a path at which there can be no file.
    pub fn new<'f>(files: impl IntoIterator<Item = (&'f str, Arc<[u8]>)>) -> Result<FileTree> {
        let long_ago = Timestamp { seconds: 0, nanoseconds: 0 };
        Ok(FileTree { shared: Some(Arc::new(Tree::share(files, long_ago)?)) })
    }
}

impl Files {
    /// What a cell begins with.
    pub(super) fn new(shared: &FileTree, now: Timestamp) -> Files {
        let tree = match &shared.shared {
            Some(shared) => Tree::over(shared),
            None => Tree::new(now),
        };
        Files { tree, handles: Vec::new(), free: Vec::new() }
    }

    /// The fuel that the work since the last call is worth.
    pub(super) fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.tree.work)
    }

    /// Notes how long standard input is, which is what its size is said to be, as where it comes from a file.
    pub(super) fn set_input_length(&mut self, length: u64) {
        self.tree.input_length = length;
    }

    /// Puts a file there, in place of one that may be there.
    pub(super) fn give(&mut self, path: &str, contents: &[u8], now: Timestamp) -> Result<()> {
        let how = Open { write: true, create: true, truncate: true, follow: true, ..Open::default() };
        let node = self.tree.open(tree::ROOT, path, how, now)?;
        let written = self.tree.write(node, 0, contents, now);
        self.tree.release(node);
        written.map(|_| ())
    }

    /// The contents of a file.
    pub(super) fn contents(&mut self, path: &str) -> Result<&[u8]> {
        let node = self.tree.node_at(tree::ROOT, path, true)?;
        self.tree.file(node)
    }

    /// Opens the root directory.
    pub(super) fn open_root(&mut self) -> Result<u32> {
        self.tree.retain(tree::ROOT)?;
        self.add_descriptor(tree::ROOT, true, false)
    }

    /// Opens what a path leads to, from an open directory.
    pub(super) fn open_at(&mut self, at: u32, path: &str, how: Open, now: Timestamp) -> Result<u32> {
        let from = self.descriptor(at)?.node;
        let node = self.tree.open(from, path, how, now)?;
        self.add_descriptor(node, how.read, how.write)
    }

    fn add_descriptor(&mut self, node: NodeId, read: bool, write: bool) -> Result<u32> {
        let added = self.add(Handle::Descriptor(Descriptor { node, read, write, position: 0 }));
        if added.is_err() {
            self.tree.release(node);
        }
        added
    }

    fn add(&mut self, handle: Handle) -> Result<u32> {
        if let Some(index) = self.free.pop() {
            self.handles[index as usize] = Some(handle);
            return Ok(index);
        }
        if self.handles.len() >= MOST_HANDLES {
            return Err(FileError::TooManyOpen);
        }
        self.handles.push(Some(handle));
        Ok(self.handles.len() as u32 - 1)
    }

    /// Gives a handle back; nothing happens if there is no such handle.
    pub(super) fn close(&mut self, handle: u32) {
        let Some(closed) = self.handles.get_mut(handle as usize).and_then(Option::take) else { return };
        self.free.push(handle);
        if let Handle::Descriptor(Descriptor { node, .. }) | Handle::Listing { directory: node, .. } = closed
        {
            self.tree.release(node);
        }
    }

    fn handle(&mut self, handle: u32) -> Result<&mut Handle> {
        self.handles.get_mut(handle as usize).and_then(Option::as_mut).ok_or(FileError::BadDescriptor)
    }

    fn descriptor(&mut self, handle: u32) -> Result<&mut Descriptor> {
        match self.handle(handle)? {
            Handle::Descriptor(descriptor) => Ok(descriptor),
            _ => Err(FileError::BadDescriptor),
        }
    }

    /// Whether a descriptor can be read, and written. A directory can be written if something can be put there.
    pub(super) fn access(&mut self, handle: u32) -> Result<(bool, bool)> {
        let Descriptor { node, read, write, .. } = *self.descriptor(handle)?;
        Ok((read, write || self.tree.is_directory(node)))
    }

    /// Whether a descriptor is one of a directory.
    pub(super) fn is_directory(&mut self, handle: u32) -> Result<bool> {
        let node = self.descriptor(handle)?.node;
        Ok(self.tree.is_directory(node))
    }

    /// The device that a descriptor is one of, if it is one of a device.
    pub(super) fn device(&mut self, handle: u32) -> Result<Option<Device>> {
        let node = self.descriptor(handle)?.node;
        Ok(self.tree.device(node))
    }

    /// What is known of an open file.
    pub(super) fn stat(&mut self, handle: u32) -> Result<Stat> {
        let node = self.descriptor(handle)?.node;
        self.tree.stat(node)
    }

    /// What is known of what a path leads to; of a symbolic link itself, if it is not followed.
    pub(super) fn stat_at(&mut self, at: u32, path: &str, follow: bool) -> Result<Stat> {
        let node = self.node_at(at, path, follow)?;
        self.tree.stat(node)
    }

    fn node_at(&mut self, at: u32, path: &str, follow: bool) -> Result<NodeId> {
        let from = self.descriptor(at)?.node;
        self.tree.node_at(from, path, follow)
    }

    /// Cuts an open file, or fills it up with zeros.
    pub(super) fn set_size(&mut self, handle: u32, size: u64, now: Timestamp) -> Result<()> {
        let Descriptor { node, write, .. } = *self.descriptor(handle)?;
        if !write {
            return Err(FileError::Invalid);
        }
        self.tree.set_size(node, size, now)
    }

    /// Sets the times of an open file: of access and of modification.
    pub(super) fn set_times(&mut self, handle: u32, times: [NewTime; 2], now: Timestamp) -> Result<()> {
        let node = self.descriptor(handle)?.node;
        self.tree.set_times(node, times, now)
    }

    /// Sets the times of what a path leads to, or of a symbolic link itself.
    pub(super) fn set_times_at(
        &mut self,
        at: u32,
        path: &str,
        follow: bool,
        times: [NewTime; 2],
        now: Timestamp,
    ) -> Result<()> {
        let node = self.node_at(at, path, follow)?;
        self.tree.set_times(node, times, now)
    }

    /// Makes a directory.
    pub(super) fn create_directory(&mut self, at: u32, path: &str, now: Timestamp) -> Result<()> {
        let from = self.descriptor(at)?.node;
        self.tree.create_directory(from, path, now)
    }

    /// Removes an empty directory.
    pub(super) fn remove_directory(&mut self, at: u32, path: &str, now: Timestamp) -> Result<()> {
        let from = self.descriptor(at)?.node;
        self.tree.remove_directory(from, path, now)
    }

    /// Removes a file. It exists as long as it is open.
    pub(super) fn remove_file(&mut self, at: u32, path: &str, now: Timestamp) -> Result<()> {
        let from = self.descriptor(at)?.node;
        self.tree.remove_file(from, path, now)
    }

    /// Gives something another name, in place of what may have it.
    pub(super) fn rename(&mut self, from: (u32, &str), to: (u32, &str), now: Timestamp) -> Result<()> {
        let old = self.descriptor(from.0)?.node;
        let new = self.descriptor(to.0)?.node;
        self.tree.rename((old, from.1), (new, to.1), now)
    }

    /// Gives a file one more name. Where it is a symbolic link, that is followed or gets the name itself.
    pub(super) fn link(
        &mut self,
        from: (u32, &str),
        to: (u32, &str),
        follow: bool,
        now: Timestamp,
    ) -> Result<()> {
        let file = self.node_at(from.0, from.1, follow)?;
        let new = self.descriptor(to.0)?.node;
        self.tree.link(file, (new, to.1), now)
    }

    /// Makes a symbolic link, whether there is something at its target or not.
    pub(super) fn make_symbolic_link(
        &mut self,
        target: &str,
        at: u32,
        path: &str,
        now: Timestamp,
    ) -> Result<()> {
        let from = self.descriptor(at)?.node;
        self.tree.make_symbolic_link(target, (from, path), now)
    }

    /// The target of a symbolic link.
    pub(super) fn target_of_link(&mut self, at: u32, path: &str) -> Result<Box<str>> {
        let node = self.node_at(at, path, false)?;
        self.tree.target_of_link(node)
    }

    /// A stream that reads an open file from a position on.
    pub(super) fn input_stream(&mut self, handle: u32, position: u64) -> Result<u32> {
        let descriptor = self.descriptor(handle)?;
        if !descriptor.read {
            return Err(FileError::BadDescriptor);
        }
        descriptor.position = position;
        let node = descriptor.node;
        if self.tree.is_directory(node) {
            return Err(FileError::IsDirectory);
        }
        self.add(Handle::Input { of: handle })
    }

    /// A stream that writes to an open file, from a position on or always at its end.
    pub(super) fn output_stream(&mut self, handle: u32, position: Option<u64>) -> Result<u32> {
        let descriptor = self.descriptor(handle)?;
        if !descriptor.write {
            return Err(FileError::BadDescriptor);
        }
        if let Some(position) = position {
            descriptor.position = position;
        }
        self.add(Handle::Output { of: handle, append: position.is_none() })
    }

    /// What a stream reads from.
    pub(super) fn source(&mut self, stream: u32) -> Result<Target> {
        let Handle::Input { of } = *self.handle(stream)? else { return Err(FileError::BadDescriptor) };
        self.target(of)
    }

    /// What a stream writes to.
    pub(super) fn sink(&mut self, stream: u32) -> Result<Target> {
        let Handle::Output { of, .. } = *self.handle(stream)? else { return Err(FileError::BadDescriptor) };
        self.target(of)
    }

    fn target(&mut self, handle: u32) -> Result<Target> {
        let Descriptor { node, position, .. } = *self.descriptor(handle)?;
        match self.tree.device(node) {
            Some(device) => Ok(Target::Device(device)),
            None => Ok(Target::File { left: (self.tree.file(node)?.len() as u64).saturating_sub(position) }),
        }
    }

    /// Reads what follows in a stream; returns how many bytes there were.
    pub(super) fn read_stream(&mut self, stream: u32, bytes: &mut [u8]) -> Result<usize> {
        let Handle::Input { of } = *self.handle(stream)? else { return Err(FileError::BadDescriptor) };
        let Descriptor { node, position, .. } = *self.descriptor(of)?;
        let count = self.tree.read(node, position, bytes)?;
        self.descriptor(of)?.position = position + count as u64;
        Ok(count)
    }

    /// Writes to a stream: all of it, or nothing.
    pub(super) fn write_stream(&mut self, stream: u32, bytes: &[u8], now: Timestamp) -> Result<()> {
        let Handle::Output { of, append } = *self.handle(stream)? else {
            return Err(FileError::BadDescriptor);
        };
        let Descriptor { node, position, .. } = *self.descriptor(of)?;
        let position = if append { self.tree.file(node)?.len() as u64 } else { position };
        self.descriptor(of)?.position = self.tree.write(node, position, bytes, now)?;
        Ok(())
    }

    /// How many bytes of an open file there are from a position on.
    pub(super) fn left(&mut self, handle: u32, position: u64) -> Result<u64> {
        let Descriptor { node, read, .. } = *self.descriptor(handle)?;
        if !read {
            return Err(FileError::BadDescriptor);
        }
        Ok((self.tree.file(node)?.len() as u64).saturating_sub(position))
    }

    /// Reads from a position on, wherever the streams are; returns how many bytes there were.
    pub(super) fn read_at(&mut self, handle: u32, position: u64, bytes: &mut [u8]) -> Result<usize> {
        self.left(handle, position)?;
        let node = self.descriptor(handle)?.node;
        self.tree.read(node, position, bytes)
    }

    /// Writes from a position on, wherever the streams are.
    pub(super) fn write_at(
        &mut self,
        handle: u32,
        position: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<()> {
        let Descriptor { node, write, .. } = *self.descriptor(handle)?;
        if !write {
            return Err(FileError::BadDescriptor);
        }
        self.tree.write(node, position, bytes, now).map(|_| ())
    }

    /// A listing of an open directory.
    pub(super) fn list(&mut self, handle: u32) -> Result<u32> {
        let directory = self.descriptor(handle)?.node;
        if !self.tree.is_directory(directory) {
            return Err(FileError::NotDirectory);
        }
        self.tree.retain(directory)?;
        let added = self.add(Handle::Listing { directory, last: None });
        if added.is_err() {
            self.tree.release(directory);
        }
        added
    }

    /// The next name in a listing, in the order of names, and what has it.
    pub(super) fn next_entry(&mut self, listing: u32) -> Result<Option<(Box<str>, NodeKind)>> {
        let handle = self.handles.get_mut(listing as usize).and_then(Option::as_mut);
        let Some(Handle::Listing { directory, last }) = handle else { return Err(FileError::BadDescriptor) };
        let next = self.tree.entry_after(*directory, last.as_deref())?;
        if let Some((name, _)) = &next {
            *last = Some(name.clone());
        }
        Ok(next)
    }
}
