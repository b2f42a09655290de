//! Which devices there are, by name, and why others do not work.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::shown::shown;

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Backend {
    /// NVIDIA's devices.
    Cuda,
    /// Devices with a Vulkan driver.
    Vulkan,
    /// The processor.
    Cpu,
}

impl Backend {
    /// All kinds, the fastest first.
    pub const ALL: [Backend; 3] = [Backend::Cuda, Backend::Vulkan, Backend::Cpu];

    /// Its name, as in `--device`.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Cuda => "cuda",
            Backend::Vulkan => "vulkan",
            Backend::Cpu => "cpu",
        }
    }

    /// The promise about completions that are asked for again, as a summary puts it.
    pub fn promise(self) -> &'static str {
        match self {
            Backend::Cpu => {
                "the same command gives the same completions to the byte, with any number of slots and processes"
            }
            Backend::Cuda | Backend::Vulkan => {
                "completions can change from run to run: what is computed depends on what else is computed with it"
            }
        }
    }
}

/// The variants of the engine's code for the processor that are used. Most variants for newer processors give different
/// last bits; these two agree, since they differ only in how they add products of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CpuCode {
    /// Runs on every processor with AVX2, FMA, F16C and BMI2.
    Avx2,
    /// Needs AVX-VNNI besides, with which quantised weights take about an eighth less time.
    AvxVnni,
}

impl CpuCode {
    /// All of them.
    pub const ALL: [CpuCode; 2] = [CpuCode::Avx2, CpuCode::AvxVnni];

    /// The fastest that runs on this machine, if any does.
    pub fn best() -> CpuCode {
        if CpuCode::AvxVnni.lacks().is_none() { CpuCode::AvxVnni } else { CpuCode::Avx2 }
    }

    /// The first feature that it needs and this machine's processor lacks.
    pub fn lacks(self) -> Option<&'static str> {
        #[cfg(target_arch = "x86_64")]
        let features = [
            ("AVX2", is_x86_feature_detected!("avx2")),
            ("FMA", is_x86_feature_detected!("fma")),
            ("F16C", is_x86_feature_detected!("f16c")),
            ("BMI2", is_x86_feature_detected!("bmi2")),
            ("AVX-VNNI", self == CpuCode::Avx2 || is_x86_feature_detected!("avxvnni")),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let features = [("AVX2", false)];
        features.into_iter().find(|(_, has)| !has).map(|(feature, _)| feature)
    }

    /// Its file in the engine's folder.
    pub(super) fn file(self) -> &'static str {
        match self {
            CpuCode::Avx2 => "libggml-cpu-haswell.so",
            CpuCode::AvxVnni => "libggml-cpu-alderlake.so",
        }
    }
}

/// One device: `cpu`, `cuda:0`, `vulkan:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DeviceName {
    /// The processor.
    Cpu,
    /// An NVIDIA device, by its number.
    Cuda(u32),
    /// A device with a Vulkan driver, by its number.
    Vulkan(u32),
}

impl DeviceName {
    /// Its kind.
    pub fn backend(self) -> Backend {
        match self {
            DeviceName::Cpu => Backend::Cpu,
            DeviceName::Cuda(_) => Backend::Cuda,
            DeviceName::Vulkan(_) => Backend::Vulkan,
        }
    }

    /// Its number among the devices of its kind.
    pub fn index(self) -> u32 {
        match self {
            DeviceName::Cpu => 0,
            DeviceName::Cuda(index) | DeviceName::Vulkan(index) => index,
        }
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceName::Cpu => formatter.write_str("cpu"),
            DeviceName::Cuda(index) => write!(formatter, "cuda:{index}"),
            DeviceName::Vulkan(index) => write!(formatter, "vulkan:{index}"),
        }
    }
}

/// Why a text names no device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no device; give cpu, cuda, cuda:1, vulkan or vulkan:1", shown(_0))]
pub struct DeviceNameError(String);

impl FromStr for DeviceName {
    type Err = DeviceNameError;

    fn from_str(text: &str) -> Result<DeviceName, DeviceNameError> {
        let wrong = || DeviceNameError(text.to_owned());
        let (kind, index) = match text.split_once(':') {
            None => (text, 0),
            Some((kind, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                (kind, digits.parse().map_err(|_| wrong())?)
            }
            Some(_) => return Err(wrong()),
        };
        match kind {
            "cpu" if kind == text => Ok(DeviceName::Cpu),
            "cuda" => Ok(DeviceName::Cuda(index)),
            "vulkan" => Ok(DeviceName::Vulkan(index)),
            _ => Err(wrong()),
        }
    }
}

/// A device that works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// What it is called.
    pub name: DeviceName,
    /// What its maker calls it.
    pub description: String,
    /// Memory that is free, in bytes.
    pub free: u64,
    /// All its memory, in bytes.
    pub total: u64,
}

/// What was found when a kind of device was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// The kind.
    pub backend: Backend,
    /// The devices, or why there are none, on one line.
    pub devices: Result<Vec<DeviceInfo>, String>,
}

impl DeviceReport {
    /// The devices that work.
    pub fn working(&self) -> &[DeviceInfo] {
        self.devices.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (text, name) in [
            ("cpu", DeviceName::Cpu),
            ("cuda:0", DeviceName::Cuda(0)),
            ("cuda:12", DeviceName::Cuda(12)),
            ("vulkan:1", DeviceName::Vulkan(1)),
        ] {
            assert_eq!(text.parse(), Ok(name));
            assert_eq!(name.to_string(), text);
        }
        assert_eq!("vulkan".parse(), Ok(DeviceName::Vulkan(0)));
        assert_eq!("cuda".parse(), Ok(DeviceName::Cuda(0)));
        for wrong in
            ["", "gpu", "cpu:0", "cuda:", "cuda:-1", "cuda:+1", "cuda:99999999999", "CUDA", "cuda:1:2"]
        {
            assert!(wrong.parse::<DeviceName>().is_err(), "{wrong}");
        }
    }
}
