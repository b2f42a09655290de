//! The nodes of a file system, and the paths to them.
//!
//! Some of them may be shared with other cells; see [`shared`].
//!
//! Nodes are named by numbers that are never used again, so that one which is gone is not taken for another.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FileError, Result};

mod by_path;
mod contents;
mod node;
mod shared;

use node::{Content, DEVICES, Entries, FileBytes, Node};
pub(in crate::sandbox) use node::{Device, NewTime, NodeKind, Stat, Timestamp};
pub(super) use node::{NodeId, ROOT};
pub(super) use shared::SharedNodes;

/// How many bytes the files of a cell may have together.
pub(super) const MOST_BYTES: u64 = 64 << 20;
/// How many files and directories a cell may have, and how many names for them.
pub(super) const MOST_NODES: usize = 4096;
/// The longest path, in bytes.
pub(in crate::sandbox) const LONGEST_PATH: usize = 4096;
/// The longest name in a directory, in bytes.
pub(super) const LONGEST_NAME: usize = 255;

/// How many symbolic links a path may lead through.
const MOST_LINKS: u32 = 40;

/// What it costs to go through a directory, in units of fuel.
const FUEL_A_NAME: u64 = 5_000;
/// What it costs to copy a byte, to clear it or to look at it.
const FUEL_A_BYTE: u64 = 16;
/// What it costs to make a byte: memory that was not there before is cleared by the system, page by page, and moved
/// when it grows, which takes twice as long as copying.
const FUEL_A_NEW_BYTE: u64 = 32;

/// A file that is cut gives memory back if it keeps more than this beside twice its length.
const SPARE_BYTES: usize = 4096;
/// What a directory says is its size.
const DIRECTORY_SIZE: u64 = 4096;

/// Where a path ends.
enum Place<'p> {
    /// At a directory that it does not name in its parent: `.`, `..`, `/`.
    Directory(NodeId),
    /// At a name in a directory, whether something has it or not.
    Name {
        directory: NodeId,
        name: Cow<'p, str>,
        /// There is a slash behind the name.
        slash: bool,
    },
}

/// The names in a path, the last one first.
fn names_backwards(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit('/').filter(|name| !name.is_empty())
}

/// All nodes.
#[derive(Debug)]
pub(super) struct Tree {
    /// The cell's own. They hide shared ones of the same number.
    nodes: BTreeMap<NodeId, Node>,
    shared: Option<Arc<SharedNodes>>,
    most_nodes: usize,
    most_names: usize,
    /// The number of the next node.
    next: u64,
    /// How many names there are in all directories.
    names: usize,
    /// How many bytes there are in all files, and in the targets of all links.
    bytes: u64,
    /// What standard input says is its size.
    pub input_length: u64,
    /// Fuel that the work so far is worth.
    pub work: u64,
}

impl Tree {
    pub(super) fn new(now: Timestamp) -> Tree {
        let mut tree = Tree {
            nodes: BTreeMap::new(),
            shared: None,
            most_nodes: MOST_NODES,
            most_names: MOST_NODES,
            next: ROOT.0,
            names: 0,
            bytes: 0,
            input_length: 0,
            work: 0,
        };
        let directory = |writable| Content::Directory { entries: Arc::default(), parent: ROOT, writable };
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
        let shared = || self.shared.as_ref()?.nodes.get(&id);
        self.nodes.get(&id).or_else(shared).ok_or(FileError::NoEntry)
    }

    /// A node to change, which is copied if it is a shared one. Contents of files and names stay shared.
    fn node_mut(&mut self, id: NodeId) -> Result<&mut Node> {
        if let Some(shared) = &self.shared
            && !self.nodes.contains_key(&id)
            && let Some(node) = shared.nodes.get(&id)
        {
            self.nodes.insert(id, node.clone());
        }
        self.nodes.get_mut(&id).ok_or(FileError::NoEntry)
    }

    fn entries(&self, id: NodeId) -> Result<&Entries> {
        match &self.node(id)?.content {
            Content::Directory { entries, .. } => Ok(entries),
            _ => Err(FileError::NotDirectory),
        }
    }

    pub(super) fn is_directory(&self, id: NodeId) -> bool {
        self.entries(id).is_ok()
    }

    pub(super) fn device(&self, id: NodeId) -> Option<Device> {
        match self.node(id).ok()?.content {
            Content::Device(device) => Some(device),
            _ => None,
        }
    }

    /// The contents of a file.
    pub(super) fn file(&self, id: NodeId) -> Result<&[u8]> {
        match &self.node(id)?.content {
            Content::File(bytes) => Ok(bytes.all()),
            Content::Directory { .. } => Err(FileError::IsDirectory),
            Content::Device(_) => Err(FileError::InvalidSeek),
            Content::Link(_) => Err(FileError::Invalid),
        }
    }

    /// The target of a symbolic link.
    pub(super) fn target_of_link(&self, id: NodeId) -> Result<Box<str>> {
        match &self.node(id)?.content {
            Content::Link(target) => Ok(target.clone()),
            _ => Err(FileError::Invalid),
        }
    }

    /// Notes that a handle keeps a node.
    pub(super) fn retain(&mut self, id: NodeId) -> Result<()> {
        self.node_mut(id)?.open += 1;
        Ok(())
    }

    /// Notes that a handle no longer keeps a node, which is then gone if it has no name either.
    pub(super) fn release(&mut self, id: NodeId) {
        if let Ok(node) = self.node_mut(id) {
            node.open = node.open.saturating_sub(1);
            self.drop_unused(id);
        }
    }

    fn drop_unused(&mut self, id: NodeId) {
        if let Ok(Node { names: 0, open: 0, fixed: false, content, .. }) = self.node(id) {
            self.bytes -= content.length();
            self.nodes.remove(&id);
        }
    }

    /// Where a path ends. A symbolic link at its end is followed where something stands behind it, if only a slash, or
    /// where that is asked for.
    fn place<'p>(&mut self, from: NodeId, path: &'p str, follow: bool) -> Result<Place<'p>> {
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
        let mut slash = path.ends_with('/');
        // The names that follow, the next one at the end.
        let mut names: Vec<Cow<'p, str>> = names_backwards(path).map(Cow::Borrowed).collect();
        let mut links = 0;
        while let Some(name) = names.pop() {
            self.work += FUEL_A_NAME;
            let Content::Directory { entries, parent, .. } = &self.node(at)?.content else {
                return Err(FileError::NotDirectory);
            };
            let found = match name.as_ref() {
                "." => continue,
                ".." => {
                    at = *parent;
                    continue;
                }
                _ if name.len() > LONGEST_NAME => return Err(FileError::NameTooLong),
                name => entries.get(name).copied(),
            };
            let is_last = names.is_empty();
            if (!is_last || slash || follow)
                && let Some(Content::Link(target)) = found.and_then(|id| Some(&self.node(id).ok()?.content))
            {
                links += 1;
                if links > MOST_LINKS {
                    return Err(FileError::Loop);
                }
                if target.starts_with('/') {
                    at = ROOT;
                }
                slash |= is_last && target.ends_with('/');
                names.extend(names_backwards(target).map(|name| Cow::Owned(name.to_owned())));
                self.work += target.len() as u64 * FUEL_A_BYTE;
                continue;
            }
            if is_last {
                return Ok(Place::Name { directory: at, name, slash });
            }
            at = found.ok_or(FileError::NoEntry)?;
        }
        if self.is_directory(at) { Ok(Place::Directory(at)) } else { Err(FileError::NotDirectory) }
    }

    /// What a path leads to; a symbolic link itself, if it is not followed.
    pub(super) fn node_at(&mut self, from: NodeId, path: &str, follow: bool) -> Result<NodeId> {
        match self.place(from, path, follow)? {
            Place::Directory(id) => Ok(id),
            Place::Name { directory, name, slash } => {
                let id = *self.entries(directory)?.get(name.as_ref()).ok_or(FileError::NoEntry)?;
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
        if self.names >= self.most_names { Err(FileError::InsufficientSpace) } else { Ok(()) }
    }

    fn put(&mut self, directory: NodeId, name: &str, id: NodeId) {
        if let Some(entries) = self.entries_mut(directory) {
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
        let id = self.entries_mut(directory)?.remove(name)?;
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
        if self.nodes.len() >= self.most_nodes {
            return Err(FileError::InsufficientSpace);
        }
        let id = self.add(content, now);
        self.put(directory, name, id);
        self.modified(directory, now);
        Ok(id)
    }

    /// How many bytes and nodes there are, counted anew.
    #[cfg(test)]
    pub(super) fn recount(&self) -> (u64, usize, usize) {
        let bytes = self.nodes.values().map(|node| node.content.length());
        let names = self.nodes.values().map(|node| node.names as usize).sum();
        (bytes.sum(), self.nodes.len(), names)
    }

    /// How many nodes there are that have a name, or need none.
    #[cfg(test)]
    pub(super) fn named(&self) -> usize {
        self.nodes.values().filter(|node| node.names > 0 || node.fixed).count()
    }

    /// How many bytes all files keep.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        let capacity = |node: &Node| {
            if let Content::File(FileBytes::Own(bytes)) = &node.content { bytes.capacity() } else { 0 }
        };
        self.nodes.values().map(capacity).sum()
    }

    #[cfg(test)]
    pub(super) fn counted(&self) -> (u64, usize, usize) {
        (self.bytes, self.nodes.len(), self.names)
    }
}
