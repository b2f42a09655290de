//! The nodes of a file system, and the paths to them.
//!
//! Nodes are named by numbers that are never used again, so that one which is gone is not taken for another.

use std::collections::BTreeMap;

use super::{FileError, Result};

mod by_path;

/// How many bytes the files of a cell may have together.
pub(super) const MOST_BYTES: u64 = 64 << 20;
/// How many files and directories a cell may have, and how many names for them.
pub(super) const MOST_NODES: usize = 4096;
/// The longest path, in bytes.
pub(in crate::sandbox) const LONGEST_PATH: usize = 4096;
/// The longest name in a directory, in bytes.
pub(super) const LONGEST_NAME: usize = 255;

/// What it costs to go through a directory, in units of fuel.
const FUEL_A_NAME: u64 = 5_000;
/// What it costs to copy a byte, to clear it or to look at it.
const FUEL_A_BYTE: u64 = 16;

/// A file that is cut gives memory back if it keeps more than this beside twice its length.
const SPARE_BYTES: usize = 4096;
/// What a directory says is its size.
const DIRECTORY_SIZE: u64 = 4096;

/// The number of a node, by order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(u64);

/// The root directory.
pub(super) const ROOT: NodeId = NodeId(1);

/// A time on the guest's clock, since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) struct Timestamp {
    pub seconds: u64,
    pub nanoseconds: u32,
}

/// What to do with a time of a file.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) enum NewTime {
    Keep,
    Now,
    At(Timestamp),
}

/// What the host serves under a name in `/dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Device {
    /// Nothing to read; what is written is gone.
    Null,
    /// Random bytes.
    Random,
    /// Standard input.
    Input,
    /// Standard output.
    Output,
    /// Standard error.
    ErrorOutput,
}

const DEVICES: [(&str, Device); 6] = [
    ("null", Device::Null),
    ("random", Device::Random),
    ("urandom", Device::Random),
    ("stdin", Device::Input),
    ("stdout", Device::Output),
    ("stderr", Device::ErrorOutput),
];

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Kind {
    Directory,
    File,
    Device,
}

/// What is known of a node.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Stat {
    pub kind: Kind,
    /// Its number.
    pub node: u64,
    /// How many names it has.
    pub names: u64,
    /// In bytes.
    pub size: u64,
    pub accessed: Timestamp,
    pub modified: Timestamp,
    pub changed: Timestamp,
}

#[derive(Debug)]
enum Content {
    Directory {
        entries: BTreeMap<Box<str>, NodeId>,
        parent: NodeId,
        /// Whether something can be put there and taken away.
        writable: bool,
    },
    File(Vec<u8>),
    Device(Device),
}

#[derive(Debug)]
struct Node {
    content: Content,
    /// In how many directories it is.
    names: u32,
    /// How many handles keep it.
    open: u32,
    /// It was there from the beginning and stays.
    fixed: bool,
    accessed: Timestamp,
    modified: Timestamp,
    changed: Timestamp,
}

/// Where a path ends.
enum Place<'p> {
    /// At a directory that it does not name in its parent: `.`, `..`, `/`.
    Directory(NodeId),
    /// At a name in a directory, whether something has it or not.
    Name {
        directory: NodeId,
        name: &'p str,
        /// There is a slash behind the name.
        slash: bool,
    },
}

/// All nodes.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: BTreeMap<NodeId, Node>,
    /// The number of the next node.
    next: u64,
    /// How many names there are in all directories.
    names: usize,
    /// How many bytes there are in all files.
    bytes: u64,
    /// Fuel that the work so far is worth.
    pub work: u64,
}

impl Tree {
    pub fn new(now: Timestamp) -> Tree {
        let mut tree = Tree { nodes: BTreeMap::new(), next: ROOT.0, names: 0, bytes: 0, work: 0 };
        let directory = |writable| Content::Directory { entries: BTreeMap::new(), parent: ROOT, writable };
        let root = tree.add(directory(true), now);
        let tmp = tree.add(directory(true), now);
        let dev = tree.add(directory(true), now);
        let mut fixed = vec![root, tmp, dev];
        tree.put(root, "tmp", tmp);
        tree.put(root, "dev", dev);
        for (name, device) in DEVICES {
            let device = tree.add(Content::Device(device), now);
            tree.put(dev, name, device);
            fixed.push(device);
        }
        for id in fixed {
            if let Some(node) = tree.nodes.get_mut(&id) {
                node.fixed = true;
            }
        }
        if let Some(Node { content: Content::Directory { writable, .. }, .. }) = tree.nodes.get_mut(&dev) {
            *writable = false;
        }
        tree
    }

    fn add(&mut self, content: Content, now: Timestamp) -> NodeId {
        let id = NodeId(self.next);
        self.next += 1;
        let node =
            Node { content, names: 0, open: 0, fixed: false, accessed: now, modified: now, changed: now };
        self.nodes.insert(id, node);
        id
    }

    fn node(&self, id: NodeId) -> Result<&Node> {
        self.nodes.get(&id).ok_or(FileError::NoEntry)
    }

    fn node_mut(&mut self, id: NodeId) -> Result<&mut Node> {
        self.nodes.get_mut(&id).ok_or(FileError::NoEntry)
    }

    fn entries(&self, id: NodeId) -> Result<&BTreeMap<Box<str>, NodeId>> {
        match &self.node(id)?.content {
            Content::Directory { entries, .. } => Ok(entries),
            _ => Err(FileError::NotDirectory),
        }
    }

    pub fn is_directory(&self, id: NodeId) -> bool {
        self.entries(id).is_ok()
    }

    pub fn device(&self, id: NodeId) -> Option<Device> {
        match self.node(id).ok()?.content {
            Content::Device(device) => Some(device),
            _ => None,
        }
    }

    /// The contents of a file.
    pub fn file(&self, id: NodeId) -> Result<&[u8]> {
        match &self.node(id)?.content {
            Content::File(bytes) => Ok(bytes),
            Content::Directory { .. } => Err(FileError::IsDirectory),
            Content::Device(_) => Err(FileError::InvalidSeek),
        }
    }

    /// Notes that a handle keeps a node.
    pub fn retain(&mut self, id: NodeId) -> Result<()> {
        self.node_mut(id)?.open += 1;
        Ok(())
    }

    /// Notes that a handle no longer keeps a node, which is then gone if it has no name either.
    pub fn release(&mut self, id: NodeId) {
        if let Ok(node) = self.node_mut(id) {
            node.open = node.open.saturating_sub(1);
            self.drop_unused(id);
        }
    }

    fn drop_unused(&mut self, id: NodeId) {
        if let Ok(Node { names: 0, open: 0, fixed: false, content, .. }) = self.node(id) {
            if let Content::File(bytes) = content {
                self.bytes -= bytes.len() as u64;
            }
            self.nodes.remove(&id);
        }
    }

    // Paths.

    fn place<'p>(&mut self, from: NodeId, path: &'p str) -> Result<Place<'p>> {
        if path.is_empty() {
            return Err(FileError::NoEntry);
        }
        if path.len() > LONGEST_PATH {
            return Err(FileError::NameTooLong);
        }
        if path.contains('\0') {
            return Err(FileError::Invalid);
        }
        self.work += path.len() as u64 * FUEL_A_BYTE;
        let mut at = if path.starts_with('/') { ROOT } else { from };
        let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
        while let Some(name) = names.next() {
            self.work += FUEL_A_NAME;
            let Content::Directory { entries, parent, .. } = &self.node(at)?.content else {
                return Err(FileError::NotDirectory);
            };
            match name {
                "." => {}
                ".." => at = *parent,
                _ if name.len() > LONGEST_NAME => return Err(FileError::NameTooLong),
                _ if names.peek().is_none() => {
                    return Ok(Place::Name { directory: at, name, slash: path.ends_with('/') });
                }
                _ => at = *entries.get(name).ok_or(FileError::NoEntry)?,
            }
        }
        if self.is_directory(at) { Ok(Place::Directory(at)) } else { Err(FileError::NotDirectory) }
    }

    /// What a path leads to.
    pub fn node_at(&mut self, from: NodeId, path: &str) -> Result<NodeId> {
        match self.place(from, path)? {
            Place::Directory(id) => Ok(id),
            Place::Name { directory, name, slash } => {
                let id = *self.entries(directory)?.get(name).ok_or(FileError::NoEntry)?;
                if slash && !self.is_directory(id) { Err(FileError::NotDirectory) } else { Ok(id) }
            }
        }
    }

    /// Checks that names can be put into a directory and taken away.
    fn check_writable(&self, directory: NodeId) -> Result<()> {
        match self.node(directory)? {
            Node { content: Content::Directory { writable: false, .. }, .. } => Err(FileError::Access),
            // It was removed while it was open.
            Node { names: 0, fixed: false, .. } => Err(FileError::NoEntry),
            _ => Ok(()),
        }
    }

    fn check_room_for_name(&self) -> Result<()> {
        if self.names >= MOST_NODES { Err(FileError::InsufficientSpace) } else { Ok(()) }
    }

    fn put(&mut self, directory: NodeId, name: &str, id: NodeId) {
        if let Ok(Node { content: Content::Directory { entries, .. }, .. }) = self.node_mut(directory) {
            entries.insert(name.into(), id);
            self.names += 1;
        }
        if let Ok(node) = self.node_mut(id) {
            node.names += 1;
            if let Content::Directory { parent, .. } = &mut node.content {
                *parent = directory;
            }
        }
    }

    /// Takes a name away from what has it; that stays for now.
    fn take(&mut self, directory: NodeId, name: &str) -> Option<NodeId> {
        let Node { content: Content::Directory { entries, .. }, .. } = self.node_mut(directory).ok()? else {
            return None;
        };
        let id = entries.remove(name)?;
        self.names -= 1;
        let node = self.node_mut(id).ok()?;
        node.names = node.names.saturating_sub(1);
        Some(id)
    }

    fn modified(&mut self, id: NodeId, now: Timestamp) {
        if let Ok(node) = self.node_mut(id) {
            (node.modified, node.changed) = (now, now);
        }
    }

    fn create(&mut self, directory: NodeId, name: &str, content: Content, now: Timestamp) -> Result<NodeId> {
        self.check_writable(directory)?;
        self.check_room_for_name()?;
        if self.nodes.len() >= MOST_NODES {
            return Err(FileError::InsufficientSpace);
        }
        let id = self.add(content, now);
        self.put(directory, name, id);
        self.modified(directory, now);
        Ok(id)
    }

    // What can be done with a node.

    pub fn stat(&self, id: NodeId) -> Result<Stat> {
        let node = self.node(id)?;
        let (kind, size) = match &node.content {
            Content::Directory { .. } => (Kind::Directory, DIRECTORY_SIZE),
            Content::File(bytes) => (Kind::File, bytes.len() as u64),
            Content::Device(_) => (Kind::Device, 0),
        };
        let Node { names, accessed, modified, changed, .. } = *node;
        Ok(Stat { kind, node: id.0, names: names.into(), size, accessed, modified, changed })
    }

    pub fn set_times(&mut self, id: NodeId, times: [NewTime; 2], now: Timestamp) -> Result<()> {
        let node = self.node_mut(id)?;
        for (time, new) in [&mut node.accessed, &mut node.modified].into_iter().zip(times) {
            match new {
                NewTime::Keep => {}
                NewTime::Now => *time = now,
                NewTime::At(at) => *time = at,
            }
        }
        node.changed = now;
        Ok(())
    }

    /// Copies bytes from a position on; returns how many there were. Reading does not set the time of access.
    pub fn read(&mut self, id: NodeId, position: u64, bytes: &mut [u8]) -> Result<usize> {
        let file = self.file(id)?;
        let rest = usize::try_from(position).ok().and_then(|position| file.get(position..)).unwrap_or(&[]);
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        self.work += count as u64 * FUEL_A_BYTE;
        Ok(count)
    }

    /// Puts bytes at a position, with zeros before it if the file ends earlier; returns where they end.
    pub fn write(&mut self, id: NodeId, position: u64, bytes: &[u8], now: Timestamp) -> Result<u64> {
        let length = self.file(id)?.len() as u64;
        let end = position.checked_add(bytes.len() as u64).ok_or(FileError::FileTooLarge)?;
        if bytes.is_empty() {
            return Ok(end);
        }
        if end > length {
            self.resize(id, end)?;
        }
        if let Content::File(file) = &mut self.node_mut(id)?.content
            && let Some(place) = file.get_mut(position as usize..end as usize)
        {
            place.copy_from_slice(bytes);
        }
        self.work += bytes.len() as u64 * FUEL_A_BYTE;
        self.modified(id, now);
        Ok(end)
    }

    /// Cuts a file, or fills it up with zeros.
    pub fn set_size(&mut self, id: NodeId, size: u64, now: Timestamp) -> Result<()> {
        self.resize(id, size)?;
        self.modified(id, now);
        Ok(())
    }

    fn resize(&mut self, id: NodeId, size: u64) -> Result<()> {
        let length = self.file(id).map_err(|error| match error {
            FileError::InvalidSeek => FileError::Invalid, // a device has no size
            other => other,
        })?;
        let length = length.len() as u64;
        let others = self.bytes - length;
        if size > MOST_BYTES {
            return Err(FileError::FileTooLarge);
        }
        if size > MOST_BYTES - others {
            return Err(FileError::InsufficientSpace);
        }
        self.work += size.saturating_sub(length) * FUEL_A_BYTE;
        self.bytes = others + size;
        let size = size as usize; // at most MOST_BYTES
        let mut moved = 0;
        if let Content::File(file) = &mut self.node_mut(id)?.content {
            file.resize(size, 0);
            // What is cut off must not stay in memory uncounted.
            if file.capacity() > 2 * size + SPARE_BYTES {
                file.shrink_to_fit();
                moved = size as u64;
            }
        }
        self.work += moved * FUEL_A_BYTE;
        Ok(())
    }

    /// How many bytes and nodes there are, counted anew.
    #[cfg(test)]
    pub fn recount(&self) -> (u64, usize, usize) {
        let bytes = self.nodes.values().map(|node| match &node.content {
            Content::File(bytes) => bytes.len() as u64,
            _ => 0,
        });
        let names = self.nodes.values().map(|node| node.names as usize).sum();
        (bytes.sum(), self.nodes.len(), names)
    }

    /// How many nodes there are that have a name, or need none.
    #[cfg(test)]
    pub fn named(&self) -> usize {
        self.nodes.values().filter(|node| node.names > 0 || node.fixed).count()
    }

    /// How many bytes all files keep.
    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        let capacity =
            |node: &Node| if let Content::File(bytes) = &node.content { bytes.capacity() } else { 0 };
        self.nodes.values().map(capacity).sum()
    }

    #[cfg(test)]
    pub fn counted(&self) -> (u64, usize, usize) {
        (self.bytes, self.nodes.len(), self.names)
    }
}
