//! What a file system is made of: directories, files, devices and links.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of a node, by order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sandbox::files) struct NodeId(pub(super) u64);

/// The root directory.
pub(in crate::sandbox::files) const ROOT: NodeId = NodeId(1);

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

pub(super) const DEVICES: [(&str, Device); 6] = [
    ("null", Device::Null),
    ("random", Device::Random),
    ("urandom", Device::Random),
    ("stdin", Device::Input),
    ("stdout", Device::Output),
    ("stderr", Device::ErrorOutput),
];

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum NodeKind {
    Directory,
    File,
    Device,
    Link,
}

/// What is known of a node.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Stat {
    pub kind: NodeKind,
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

/// The names in a directory.
pub(super) type Entries = BTreeMap<Box<str>, NodeId>;

/// The bytes of a file.
#[derive(Debug, Clone)]
pub(super) enum FileBytes {
    /// The cell's own.
    Own(Vec<u8>),
    /// Those that all cells read; whoever writes to them gets a copy.
    Shared(Arc<[u8]>),
}

impl FileBytes {
    pub(super) fn all(&self) -> &[u8] {
        match self {
            FileBytes::Own(bytes) => bytes,
            FileBytes::Shared(bytes) => bytes,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Directory {
        entries: Arc<Entries>,
        parent: NodeId,
        /// Whether something can be put there and taken away.
        writable: bool,
    },
    File(FileBytes),
    Device(Device),
    /// A symbolic link with its target.
    Link(Box<str>),
}

impl Content {
    /// How many bytes there are in it that count.
    pub(super) fn length(&self) -> u64 {
        match self {
            Content::File(FileBytes::Own(bytes)) => bytes.len() as u64,
            Content::Link(target) => target.len() as u64,
            Content::File(FileBytes::Shared(_)) | Content::Directory { .. } | Content::Device(_) => 0,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) content: Content,
    /// In how many directories it is.
    pub(super) names: u32,
    /// How many handles keep it.
    pub(super) open: u32,
    /// It was there from the beginning and stays.
    pub(super) fixed: bool,
    pub(super) accessed: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) changed: Timestamp,
}
