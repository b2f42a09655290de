//! What cells share, and how they get copies of what they change.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Content, Entries, FUEL_A_BYTE, FUEL_A_NEW_BYTE, FileBytes, FileError, MOST_BYTES, MOST_NODES, Node,
    NodeId, ROOT, Result, Timestamp, Tree,
};
use crate::sandbox::files::Open;

/// What it costs to copy a name of a shared directory that is changed for the first time.
const FUEL_A_COPIED_NAME: u64 = 3_000;

/// Nodes that many cells begin with, and none changes: what one does change, it has a copy of.
#[derive(Debug)]
pub(in crate::sandbox::files) struct SharedNodes {
    pub(super) nodes: BTreeMap<NodeId, Node>,
    next: u64,
    names: usize,
}

impl Tree {
    /// What is shared, under a layer of the cell's own that is empty.
    pub(crate) fn over(shared: &Arc<SharedNodes>) -> Tree {
        Tree {
            nodes: BTreeMap::new(),
            shared: Some(Arc::clone(shared)),
            most_nodes: MOST_NODES + shared.nodes.len(),
            most_names: MOST_NODES + shared.names,
            next: shared.next,
            names: shared.names,
            bytes: 0,
            input_length: 0,
            work: 0,
        }
    }

    /// Puts files into what a cell begins with, to be shared. It is as large as the host wants it.
    pub(crate) fn share<'f>(
        files: impl IntoIterator<Item = (&'f str, Arc<[u8]>)>,
        now: Timestamp,
    ) -> Result<SharedNodes> {
        let mut tree = Tree { most_nodes: usize::MAX, most_names: usize::MAX, ..Tree::new(now) };
        for (path, contents) in files {
            for (end, _) in path.match_indices('/').filter(|(end, _)| *end > 0) {
                match tree.create_directory(ROOT, &path[..end], now) {
                    Ok(()) | Err(FileError::Exist) => {}
                    Err(error) => return Err(error),
                }
            }
            let how = Open { write: true, create: true, exclusive: true, ..Open::default() };
            let id = tree.open(ROOT, path, how, now)?;
            tree.release(id);
            tree.node_mut(id)?.content = Content::File(FileBytes::Shared(contents));
        }
        // As what a cell always begins with: a program's own directory is empty.
        let top = match &tree.node(ROOT)?.content {
            Content::Directory { entries, .. } => entries.values().copied().collect(),
            _ => Vec::<NodeId>::new(),
        };
        for id in top {
            let node = tree.node_mut(id)?;
            node.fixed = matches!(node.content, Content::Directory { .. });
        }
        Ok(SharedNodes { nodes: tree.nodes, next: tree.next, names: tree.names })
    }

    /// The names in a directory, to change them; a copy of them, if they are shared.
    pub(super) fn entries_mut(&mut self, directory: NodeId) -> Option<&mut Entries> {
        if let Ok(Node { content: Content::Directory { entries, .. }, .. }) = self.node_mut(directory)
            && Arc::strong_count(entries) > 1
        {
            let count = entries.len() as u64;
            self.work += count * FUEL_A_COPIED_NAME;
        }
        match &mut self.node_mut(directory).ok()?.content {
            Content::Directory { entries, .. } => Some(Arc::make_mut(entries)),
            _ => None,
        }
    }

    /// Makes the beginning of a shared file, up to a size, the cell's own file.
    pub(super) fn own(&mut self, id: NodeId, size: u64) -> Result<()> {
        let Content::File(FileBytes::Shared(bytes)) = &self.node(id)?.content else { return Ok(()) };
        let kept = size.min(bytes.len() as u64);
        if kept > MOST_BYTES - self.bytes {
            return Err(FileError::InsufficientSpace);
        }
        let copy = bytes[..kept as usize].to_vec();
        self.node_mut(id)?.content = Content::File(FileBytes::Own(copy));
        self.bytes += kept;
        self.work += kept * (FUEL_A_BYTE + FUEL_A_NEW_BYTE);
        Ok(())
    }
}
