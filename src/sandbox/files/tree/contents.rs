//! What can be done with a node: its state, its times, and the bytes of a file.

use super::{
    Content, DIRECTORY_SIZE, Device, FUEL_A_BYTE, FUEL_A_NEW_BYTE, FileBytes, FileError, MOST_BYTES, NewTime,
    Node, NodeId, NodeKind, Result, SPARE_BYTES, Stat, Timestamp, Tree,
};

impl Tree {
    pub(in crate::sandbox::files) fn stat(&self, id: NodeId) -> Result<Stat> {
        let node = self.node(id)?;
        let (kind, size) = match &node.content {
            Content::Directory { .. } => (NodeKind::Directory, DIRECTORY_SIZE),
            Content::File(bytes) => (NodeKind::File, bytes.all().len() as u64),
            Content::Device(Device::Input) => (NodeKind::Device, self.input_length),
            Content::Device(_) => (NodeKind::Device, 0),
            Content::Link(target) => (NodeKind::Link, target.len() as u64),
        };
        let Node { names, accessed, modified, changed, .. } = *node;
        Ok(Stat { kind, node: id.0, names: names.into(), size, accessed, modified, changed })
    }

    pub(in crate::sandbox::files) fn set_times(
        &mut self,
        id: NodeId,
        times: [NewTime; 2],
        now: Timestamp,
    ) -> Result<()> {
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
    pub(in crate::sandbox::files) fn read(
        &mut self,
        id: NodeId,
        position: u64,
        bytes: &mut [u8],
    ) -> Result<usize> {
        let file = self.file(id)?;
        let rest = usize::try_from(position).ok().and_then(|position| file.get(position..)).unwrap_or(&[]);
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        self.work += count as u64 * FUEL_A_BYTE;
        Ok(count)
    }

    /// Puts bytes at a position, with zeros before it if the file ends earlier; returns where they end.
    pub(in crate::sandbox::files) fn write(
        &mut self,
        id: NodeId,
        position: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<u64> {
        let length = self.file(id)?.len() as u64;
        let end = position.checked_add(bytes.len() as u64).ok_or(FileError::FileTooLarge)?;
        if bytes.is_empty() {
            return Ok(end);
        }
        if end > length {
            self.resize(id, end)?;
        }
        self.own(id, length.max(end))?;
        if let Content::File(FileBytes::Own(file)) = &mut self.node_mut(id)?.content
            && let Some(place) = file.get_mut(position as usize..end as usize)
        {
            place.copy_from_slice(bytes);
        }
        self.work += bytes.len() as u64 * FUEL_A_BYTE;
        self.modified(id, now);
        Ok(end)
    }

    /// Cuts a file, or fills it up with zeros.
    pub(in crate::sandbox::files) fn set_size(
        &mut self,
        id: NodeId,
        size: u64,
        now: Timestamp,
    ) -> Result<()> {
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
        let own = self.node(id)?.content.length();
        let others = self.bytes - own;
        if size > MOST_BYTES {
            return Err(FileError::FileTooLarge);
        }
        if size > MOST_BYTES - others {
            return Err(FileError::InsufficientSpace);
        }
        self.own(id, size)?;
        self.work += size.saturating_sub(length) * FUEL_A_NEW_BYTE;
        self.bytes = others + size;
        let size = size as usize; // at most MOST_BYTES
        let mut moved = 0;
        if let Content::File(FileBytes::Own(file)) = &mut self.node_mut(id)?.content {
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
}
