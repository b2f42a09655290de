//! What can be done with a path: opening, making, removing, renaming, linking, listing.

use std::ops::Bound;
use std::sync::Arc;

use super::{
    Content, FUEL_A_BYTE, FUEL_A_NAME, FileBytes, FileError, LONGEST_PATH, MOST_BYTES, Node, NodeId,
    NodeKind, Place, ROOT, Result, Timestamp, Tree,
};
use crate::sandbox::files::Open;

impl Tree {
    /// Opens what a path leads to, and makes a file there if asked to. It is kept until it is released.
    pub(crate) fn open(&mut self, from: NodeId, path: &str, how: Open, now: Timestamp) -> Result<NodeId> {
        let follow = how.follow && !(how.create && how.exclusive);
        let found = match self.place(from, path, follow)? {
            Place::Directory(id) => Ok(id),
            Place::Name { directory, name, slash } => match self.entries(directory)?.get(name.as_ref()) {
                Some(&id) if slash && !self.is_directory(id) => return Err(FileError::NotDirectory),
                Some(&id) => Ok(id),
                None if how.create && how.directory => return Err(FileError::Invalid),
                None if how.create && slash => return Err(FileError::IsDirectory),
                None if how.create => Err((directory, name)),
                None => return Err(FileError::NoEntry),
            },
        };
        let id = match found {
            Err((directory, name)) => {
                self.create(directory, &name, Content::File(FileBytes::Own(Vec::new())), now)?
            }
            Ok(_) if how.create && how.exclusive => return Err(FileError::Exist),
            Ok(id) => {
                let changes = how.write || how.create || how.truncate;
                match self.node(id)?.content {
                    Content::Link(_) => return Err(FileError::Loop),
                    Content::Directory { .. } if changes => return Err(FileError::IsDirectory),
                    Content::File(_) | Content::Device(_) if how.directory => {
                        return Err(FileError::NotDirectory);
                    }
                    Content::File(_) if how.truncate => self.set_size(id, 0, now)?,
                    _ => {}
                }
                id
            }
        };
        self.retain(id)?;
        Ok(id)
    }

    pub(crate) fn create_directory(&mut self, from: NodeId, path: &str, now: Timestamp) -> Result<()> {
        let Place::Name { directory, name, .. } = self.place(from, path, false)? else {
            return Err(FileError::Exist);
        };
        if self.entries(directory)?.contains_key(name.as_ref()) {
            return Err(FileError::Exist);
        }
        let content = Content::Directory { entries: Arc::default(), parent: directory, writable: true };
        self.create(directory, &name, content, now).map(|_| ())
    }

    pub(crate) fn remove_file(&mut self, from: NodeId, path: &str, now: Timestamp) -> Result<()> {
        let Place::Name { directory, name, slash } = self.place(from, path, false)? else {
            return Err(FileError::IsDirectory);
        };
        let id = *self.entries(directory)?.get(name.as_ref()).ok_or(FileError::NoEntry)?;
        if self.is_directory(id) {
            return Err(FileError::IsDirectory);
        }
        if slash {
            return Err(FileError::NotDirectory);
        }
        self.remove(directory, &name, now)
    }

    pub(crate) fn remove_directory(&mut self, from: NodeId, path: &str, now: Timestamp) -> Result<()> {
        let Place::Name { directory, name, .. } = self.place(from, path, false)? else {
            return Err(FileError::Invalid);
        };
        let id = *self.entries(directory)?.get(name.as_ref()).ok_or(FileError::NoEntry)?;
        if self.node(id)?.fixed && self.is_directory(id) {
            return Err(FileError::Busy);
        }
        if !self.entries(id)?.is_empty() {
            return Err(FileError::NotEmpty);
        }
        self.remove(directory, &name, now)
    }

    /// Removes a name, and what has it unless something else keeps that.
    fn remove(&mut self, directory: NodeId, name: &str, now: Timestamp) -> Result<()> {
        self.check_writable(directory)?;
        if let Some(id) = self.take(directory, name) {
            if let Ok(node) = self.node_mut(id) {
                node.changed = now;
            }
            self.modified(directory, now);
            self.drop_unused(id);
        }
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: (NodeId, &str), to: (NodeId, &str), now: Timestamp) -> Result<()> {
        let (old, new) = (self.place(from.0, from.1, false)?, self.place(to.0, to.1, false)?);
        let Place::Name { directory: old_directory, name: old_name, slash: old_slash } = old else {
            return Err(FileError::Busy);
        };
        let moved = *self.entries(old_directory)?.get(old_name.as_ref()).ok_or(FileError::NoEntry)?;
        let Place::Name { directory: new_directory, name: new_name, slash: new_slash } = new else {
            return Err(FileError::Busy);
        };
        let replaced = self.entries(new_directory)?.get(new_name.as_ref()).copied();
        let moves_directory = self.is_directory(moved);
        if (old_slash || new_slash) && !moves_directory {
            return Err(FileError::NotDirectory);
        }
        self.check_writable(old_directory)?;
        self.check_writable(new_directory)?;
        let fixed = |id: NodeId| self.node(id).is_ok_and(|node| node.fixed);
        if fixed(moved) || replaced.is_some_and(fixed) {
            return Err(FileError::Busy);
        }
        if replaced == Some(moved) {
            return Ok(());
        }
        if moves_directory && self.is_within(new_directory, moved) {
            return Err(FileError::Invalid);
        }
        match replaced {
            Some(replaced) if self.is_directory(replaced) => {
                if !moves_directory {
                    return Err(FileError::IsDirectory);
                }
                if !self.entries(replaced)?.is_empty() {
                    return Err(FileError::NotEmpty);
                }
            }
            Some(_) if moves_directory => return Err(FileError::NotDirectory),
            _ => {}
        }
        if replaced.is_some() {
            self.remove(new_directory, &new_name, now)?;
        }
        self.take(old_directory, &old_name);
        self.put(new_directory, &new_name, moved);
        self.modified(old_directory, now);
        self.modified(new_directory, now);
        self.node_mut(moved)?.changed = now;
        Ok(())
    }

    /// Whether a directory is another one, or somewhere below it.
    fn is_within(&mut self, directory: NodeId, above: NodeId) -> bool {
        let mut at = directory;
        while at != above && at != ROOT {
            self.work += FUEL_A_NAME;
            at = match self.node(at) {
                Ok(Node { content: Content::Directory { parent, .. }, .. }) => *parent,
                _ => ROOT,
            };
        }
        at == above
    }

    pub(crate) fn link(&mut self, id: NodeId, to: (NodeId, &str), now: Timestamp) -> Result<()> {
        let Place::Name { directory, name, slash } = self.place(to.0, to.1, false)? else {
            return Err(FileError::Exist);
        };
        if self.entries(directory)?.contains_key(name.as_ref()) {
            return Err(FileError::Exist);
        }
        if self.is_directory(id) {
            return Err(FileError::NotPermitted);
        }
        if slash {
            return Err(FileError::NoEntry);
        }
        self.check_writable(directory)?;
        self.check_room_for_name()?;
        self.put(directory, &name, id);
        self.modified(directory, now);
        self.node_mut(id)?.changed = now;
        Ok(())
    }

    pub(crate) fn make_symbolic_link(
        &mut self,
        target: &str,
        to: (NodeId, &str),
        now: Timestamp,
    ) -> Result<()> {
        if target.is_empty() {
            return Err(FileError::NoEntry);
        }
        if target.len() > LONGEST_PATH {
            return Err(FileError::NameTooLong);
        }
        if target.contains('\0') {
            return Err(FileError::Invalid);
        }
        let Place::Name { directory, name, slash } = self.place(to.0, to.1, false)? else {
            return Err(FileError::Exist);
        };
        if self.entries(directory)?.contains_key(name.as_ref()) {
            return Err(FileError::Exist);
        }
        if slash {
            return Err(FileError::NoEntry);
        }
        let length = target.len() as u64;
        if length > MOST_BYTES - self.bytes {
            return Err(FileError::InsufficientSpace);
        }
        self.create(directory, &name, Content::Link(target.into()), now)?;
        self.bytes += length;
        self.work += length * FUEL_A_BYTE;
        Ok(())
    }

    /// The first name in a directory behind another one.
    pub(crate) fn entry_after(
        &mut self,
        directory: NodeId,
        last: Option<&str>,
    ) -> Result<Option<(Box<str>, NodeKind)>> {
        self.work += FUEL_A_NAME;
        let start = last.map_or(Bound::Unbounded, Bound::Excluded);
        let mut names = self.entries(directory)?.range::<str, _>((start, Bound::Unbounded));
        let listed = |id: &NodeId| directory != ROOT || self.node(*id).is_ok_and(|node| !node.fixed);
        match names.find(|(_, id)| listed(id)) {
            Some((name, id)) => Ok(Some((name.clone(), self.stat(*id)?.kind))),
            None => Ok(None),
        }
    }
}
