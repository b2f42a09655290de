//! The devices that the library finds.

use std::path::Path;

use super::EngineError;
use crate::model::device::{Backend, CpuCode, DeviceInfo, DeviceName, DeviceReport};
use crate::model::library::parameters::Device;
use crate::model::library::{CUDA_FILE, Library, LibraryError, VULKAN_FILE, log, no_vulkan_device};
use crate::shown::shown;

/// Which devices of a kind there are.
///
/// # Errors
///
/// When the library itself can not be used.
pub fn probe(folder: &Path, backend: Backend) -> Result<DeviceReport, EngineError> {
    let library = Library::open(folder, CpuCode::best())?;
    let devices = devices(&library, backend)
        .map(|devices| devices.into_iter().map(|(info, _)| info).collect())
        .map_err(|reason| shown(reason).to_string());
    Ok(DeviceReport { backend, devices })
}

/// The devices of a kind, or why there are none.
fn devices(library: &Library, backend: Backend) -> Result<Vec<(DeviceInfo, *mut Device)>, String> {
    let from = log::mark();
    let registry = match backend {
        Backend::Cpu => library.cpu(),
        Backend::Cuda => library.load(CUDA_FILE).map_err(reason)?,
        Backend::Vulkan => library.load(VULKAN_FILE).map_err(reason)?,
    };
    let name = |index: usize| match backend {
        Backend::Cpu => DeviceName::Cpu,
        Backend::Cuda => DeviceName::Cuda(index as u32),
        Backend::Vulkan => DeviceName::Vulkan(index as u32),
    };
    let found: Vec<_> = library
        .devices(registry)
        .into_iter()
        .enumerate()
        .map(|(index, device)| {
            let (_, description, free, total) = library.describe(device);
            (DeviceInfo { name: name(index), description, free, total }, device)
        })
        .collect();
    if found.is_empty() {
        let said = log::since(from);
        let none = match backend {
            Backend::Cpu => "the engine finds no processor".to_owned(),
            Backend::Cuda => "the NVIDIA driver finds no device".to_owned(),
            Backend::Vulkan => no_vulkan_device(),
        };
        return Err(if said.is_empty() { none } else { format!("{none} ({said})") });
    }
    Ok(found)
}

/// Why a part does not load, without its path, which is of no use in a report.
fn reason(error: LibraryError) -> String {
    match error {
        LibraryError::Part { reason, .. } => reason,
        other => other.to_string(),
    }
}

/// A device for layers, unless that is the CPU, and its description.
pub(super) fn find_device(
    library: &Library,
    name: DeviceName,
) -> Result<(Option<*mut Device>, String), EngineError> {
    let no_device = |reason| EngineError::NoDevice { name, reason };
    let found = devices(library, name.backend()).map_err(no_device)?;
    let count = found.len();
    let (info, device) = found
        .into_iter()
        .nth(name.index() as usize)
        .ok_or_else(|| no_device(format!("there are {count} of that kind, counted from 0")))?;
    Ok((Some(device).filter(|_| name != DeviceName::Cpu), info.description))
}
