//! The descriptors of a guest that calls the functions of preview 1, which are small numbers.

use crate::sandbox::files::{Device, FileError, FileResult, Files};

/// What a descriptor stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum OpenDescriptor {
    /// Standard input, output or error.
    Stream(Device),
    /// Something among the guest's files.
    File {
        /// Its handle there.
        handle: u32,
        /// Where reading and writing go on.
        position: u64,
        /// Whether it is always written at its end.
        append: bool,
    },
}

/// The descriptors of a guest.
#[derive(Debug)]
pub(super) struct DescriptorTable {
    opened: Vec<Option<OpenDescriptor>>,
}

impl DescriptorTable {
    /// What a guest begins with.
    pub(super) fn new(files: &mut Files) -> DescriptorTable {
        let root =
            files.open_root().ok().map(|handle| OpenDescriptor::File { handle, position: 0, append: false });
        let streams =
            [Device::Input, Device::Output, Device::ErrorOutput].map(OpenDescriptor::Stream).map(Some);
        DescriptorTable { opened: streams.into_iter().chain([root]).collect() }
    }

    /// Whether there is such a descriptor.
    pub(super) fn has(&self, descriptor: u32) -> bool {
        self.get(descriptor).is_ok()
    }

    /// What a descriptor stands for.
    pub(super) fn get(&self, descriptor: u32) -> FileResult<OpenDescriptor> {
        self.opened.get(descriptor as usize).copied().flatten().ok_or(FileError::BadDescriptor)
    }

    /// The handle among the guest's files.
    pub(super) fn handle(&self, descriptor: u32) -> FileResult<u32> {
        match self.get(descriptor)? {
            OpenDescriptor::File { handle, .. } => Ok(handle),
            OpenDescriptor::Stream(_) => Err(FileError::BadDescriptor),
        }
    }

    /// The lowest number that is free. Files bound how many handles there are, and with it how many of these.
    pub(super) fn add(&mut self, opened: OpenDescriptor) -> u32 {
        let index = self.opened.iter().position(Option::is_none).unwrap_or_else(|| {
            self.opened.push(None);
            self.opened.len() - 1
        });
        self.opened[index] = Some(opened);
        index as u32
    }

    /// Frees the number of a descriptor, and gives what it stood for.
    pub(super) fn take(&mut self, descriptor: u32) -> FileResult<OpenDescriptor> {
        self.opened.get_mut(descriptor as usize).and_then(Option::take).ok_or(FileError::BadDescriptor)
    }

    /// Gives a number that is in use another meaning.
    pub(super) fn replace(&mut self, descriptor: u32, opened: OpenDescriptor) -> FileResult<OpenDescriptor> {
        let replaced = self.take(descriptor)?;
        self.opened[descriptor as usize] = Some(opened);
        Ok(replaced)
    }

    /// Whether what follows is always written at the end.
    pub(super) fn set_append(&mut self, descriptor: u32, to: bool) {
        if let Some(Some(OpenDescriptor::File { append, .. })) = self.opened.get_mut(descriptor as usize) {
            *append = to;
        }
    }

    /// Notes where reading and writing go on.
    pub(super) fn advance(&mut self, descriptor: u32, to: u64) {
        if let Some(Some(OpenDescriptor::File { position, .. })) = self.opened.get_mut(descriptor as usize) {
            *position = to;
        }
    }
}
