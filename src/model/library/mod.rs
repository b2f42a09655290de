//! llama.cpp as a library that is opened when it is needed: its functions, and the conditions for calling them.
//!
//! Nothing is linked, and no compiler is needed: the prebuilt library is opened from one folder. A library of another
//! version has other structures under the same names, so its version and its defaults are checked. All of this runs
//! only in a worker, a process of its own: where the library finds something wrong, it ends the process.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};

use super::device::CpuCode;
use crate::shown::shown;

pub(super) mod log;
pub(super) mod parameters;

use parameters::{
    Batch, Buffer, Context, ContextParameters, Device, LogCallback, Memory, Model, ModelParameters, Registry,
    TokenId, Vocabulary,
};

/// What `llama_version` says of the library that Karat was built for.
pub(super) const LLAMA_VERSION: &str = "0.5.0-dev";
/// What `ggml_version` says.
pub(super) const GGML_VERSION: &str = "0.25.1";
/// What `ggml_commit` says.
pub(super) const GGML_COMMIT: &str = "0ad4a86";

/// The main library's file in the folder. It looks for the others in the folder that it is in.
pub(super) const MAIN_FILE: &str = "libllama.v0.5.0.so";
/// The code for NVIDIA's devices.
pub(super) const CUDA_FILE: &str = "libggml-cuda.so";
/// The code for devices with a Vulkan driver.
pub(super) const VULKAN_FILE: &str = "libggml-vulkan.so";

/// Why the library can not be used. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The system can not open it.
    #[error(
        "can not open the engine {} ({}); install it again",
        shown(path.display()),
        shown(reason)
    )]
    Open {
        /// The library that could not be opened.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A function is missing.
    #[error(
        "the engine {} has no function {name}: it is not the library that Karat was built for (llama.cpp \
         {LLAMA_VERSION}); install it again",
        shown(path.display())
    )]
    Function {
        /// The library without the function.
        path: PathBuf,
        /// The function.
        name: &'static str,
    },
    /// It is of another version.
    #[error(
        "the engine {} is of version {}, and Karat was built for {LLAMA_VERSION}, {GGML_VERSION}, {GGML_COMMIT}; install \
         it again",
        shown(path.display()),
        shown(found)
    )]
    Version {
        /// The library of another version.
        path: PathBuf,
        /// The version that it reports.
        found: String,
    },
    /// It reports the right version, but its default values differ.
    #[error(
        "the engine {} is not the library that Karat was built for: its default {field} is not that of version \
         {LLAMA_VERSION}; install it again",
        shown(path.display())
    )]
    Defaults {
        /// The library with other defaults.
        path: PathBuf,
        /// The field of a structure.
        field: &'static str,
    },
    /// A part of it does not work here.
    #[error("can not load {}: {}", shown(path.display()), shown(reason))]
    Part {
        /// The part of the library, a file of its own.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

macro_rules! functions {
    ($($(#[$comment:meta])* $name:ident: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions of the library that are used. They may be called as long as the process lives, since a library
        /// is never closed.
        #[allow(missing_docs)]
        #[derive(Clone, Copy)]
        pub(super) struct Functions {
            $($(#[$comment])* pub $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl Functions {
            /// # Safety
            ///
            /// `handle` belongs to an open library in which these names, if present, have these types.
            unsafe fn find(handle: *mut c_void, path: &Path) -> Result<Functions, LibraryError> {
                Ok(Functions {
                    $($name: {
                        let name = concat!(stringify!($name), "\0");
                        // SAFETY: the name ends with a zero, and the caller vouches for the handle.
                        let address = unsafe { libc::dlsym(handle, name.as_ptr().cast()) };
                        if address.is_null() {
                            let name = stringify!($name);
                            return Err(LibraryError::Function { path: path.to_path_buf(), name });
                        }
                        // SAFETY: an address is as large as a function pointer, and the caller vouches for the type.
                        unsafe {
                            std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($argument),*) $(-> $result)?>(
                                address,
                            )
                        }
                    },)*
                })
            }
        }
    };
}

functions! {
    llama_version: fn() -> *const c_char;
    ggml_version: fn() -> *const c_char;
    ggml_commit: fn() -> *const c_char;
    llama_log_set: fn(Option<LogCallback>, *mut c_void);
    ggml_log_set: fn(Option<LogCallback>, *mut c_void);
    llama_backend_init: fn();
    llama_model_default_params: fn() -> ModelParameters;
    llama_context_default_params: fn() -> ContextParameters;
    ggml_backend_load: fn(*const c_char) -> *mut Registry;
    ggml_backend_reg_dev_count: fn(*mut Registry) -> usize;
    ggml_backend_reg_dev_get: fn(*mut Registry, usize) -> *mut Device;
    ggml_backend_dev_name: fn(*mut Device) -> *const c_char;
    ggml_backend_dev_description: fn(*mut Device) -> *const c_char;
    ggml_backend_dev_memory: fn(*mut Device, *mut usize, *mut usize);
    ggml_backend_buffer_name: fn(*mut Buffer) -> *const c_char;
    ggml_backend_buffer_get_base: fn(*mut Buffer) -> *mut c_void;
    ggml_backend_buffer_get_size: fn(*mut Buffer) -> usize;
    ggml_backend_buffer_clear: fn(*mut Buffer, u8);
    llama_model_load_from_file: fn(*const c_char, ModelParameters) -> *mut Model;
    llama_model_free: fn(*mut Model);
    llama_model_get_vocab: fn(*const Model) -> *const Vocabulary;
    llama_model_n_ctx_train: fn(*const Model) -> i32;
    llama_model_n_params: fn(*const Model) -> u64;
    llama_model_size: fn(*const Model) -> u64;
    llama_model_desc: fn(*const Model, *mut c_char, usize) -> i32;
    llama_model_has_encoder: fn(*const Model) -> bool;
    llama_model_has_decoder: fn(*const Model) -> bool;
    llama_model_is_recurrent: fn(*const Model) -> bool;
    llama_model_is_hybrid: fn(*const Model) -> bool;
    llama_model_is_diffusion: fn(*const Model) -> bool;
    llama_init_from_model: fn(*mut Model, ContextParameters) -> *mut Context;
    llama_free: fn(*mut Context);
    llama_n_ctx_seq: fn(*const Context) -> u32;
    llama_n_batch: fn(*const Context) -> u32;
    llama_n_ubatch: fn(*const Context) -> u32;
    llama_n_seq_max: fn(*const Context) -> u32;
    llama_get_memory: fn(*const Context) -> *mut Memory;
    llama_memory_seq_rm: fn(*mut Memory, i32, i32, i32) -> bool;
    llama_memory_seq_pos_max: fn(*mut Memory, i32) -> i32;
    llama_memory_seq_cp: fn(*mut Memory, i32, i32, i32, i32);
    llama_state_seq_get_size: fn(*mut Context, i32) -> usize;
    llama_state_seq_get_data: fn(*mut Context, *mut u8, usize, i32) -> usize;
    llama_state_seq_set_data: fn(*mut Context, *const u8, usize, i32) -> usize;
    llama_decode: fn(*mut Context, Batch) -> i32;
    llama_synchronize: fn(*mut Context);
    llama_get_logits: fn(*mut Context) -> *mut f32;
    llama_vocab_n_tokens: fn(*const Vocabulary) -> i32;
    llama_vocab_is_eog: fn(*const Vocabulary, TokenId) -> bool;
    llama_vocab_get_add_bos: fn(*const Vocabulary) -> bool;
    llama_tokenize: fn(*const Vocabulary, *const c_char, i32, *mut TokenId, i32, bool, bool) -> i32;
    llama_token_to_piece: fn(*const Vocabulary, TokenId, *mut c_char, i32, i32, bool) -> i32;
}

/// The open library, checked.
#[derive(Clone)]
pub(super) struct Library {
    functions: Functions,
    folder: PathBuf,
    cpu: *mut Registry,
}

impl std::ops::Deref for Library {
    type Target = Functions;

    fn deref(&self) -> &Functions {
        &self.functions
    }
}

impl Library {
    /// Opens the library of a folder with its code for the CPU. What it prints goes to the [`log`] from then on.
    ///
    /// # Errors
    ///
    /// When it can not be opened, or is not the one that Karat was built for.
    pub(super) fn open(folder: &Path, cpu: CpuCode) -> Result<Library, LibraryError> {
        let path = folder.join(MAIN_FILE);
        let handle = open_file(&path)
            .map_err(|reason| LibraryError::Open { path: path.clone(), reason: cpu_reason(&reason) })?;
        // SAFETY: the handle is open, and stays so. That the names have these types is what the version says, which is
        // compared before any but the version's functions, that have no arguments, is called.
        let functions = unsafe { Functions::find(handle, &path)? };
        // SAFETY: functions without arguments; they return strings that are constants of the library.
        let versions = unsafe {
            [functions.llama_version, functions.ggml_version, functions.ggml_commit].map(|name| text(name()))
        };
        if versions != [LLAMA_VERSION, GGML_VERSION, GGML_COMMIT] {
            return Err(LibraryError::Version { path, found: versions.join(", ") });
        }
        // SAFETY: the version is the one for which the structures were written down.
        let (model, context) =
            unsafe { ((functions.llama_model_default_params)(), (functions.llama_context_default_params)()) };
        if let Some(field) = model.unexpected().or(context.unexpected()) {
            return Err(LibraryError::Defaults { path, field });
        }
        log::start(&functions);
        let mut library = Library { functions, folder: folder.to_path_buf(), cpu: std::ptr::null_mut() };
        library.cpu = library.load(cpu.file())?;
        // SAFETY: called once, after the code for the CPU is there.
        unsafe { (library.llama_backend_init)() };
        Ok(library)
    }

    /// The CPU.
    pub(super) fn cpu(&self) -> *mut Registry {
        self.cpu
    }

    /// Loads the code for a kind of device from the folder.
    ///
    /// # Errors
    ///
    /// With the reason on one line when it does not work on this machine.
    pub(super) fn load(&self, file: &str) -> Result<*mut Registry, LibraryError> {
        let path = self.folder.join(file);
        let failed = |reason: String| LibraryError::Part { path: path.clone(), reason };
        if !path.is_file() {
            let how = match file {
                CUDA_FILE => " (`karat models install --cuda` fetches it)",
                VULKAN_FILE => " (`karat models install --vulkan` fetches it)",
                _ => "",
            };
            return Err(failed(format!("the engine's part for it is not installed{how}")));
        }
        if file == CUDA_FILE {
            // Loaded libraries find these by the names that they were built with; if they are not in the folder, the
            // system may have them.
            for needed in ["libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13"] {
                let needed = self.folder.join(needed);
                if needed.is_file() {
                    open_file(&needed).map_err(&failed)?;
                }
            }
        }
        // Opened here first, since the system names what is missing better than the library does.
        open_file(&path).map_err(|reason| failed(missing(&reason)))?;
        let name = CString::new(path.as_os_str().as_encoded_bytes())
            .map_err(|_| failed("its path holds a zero".to_owned()))?;
        let from = log::mark();
        // SAFETY: a string that ends with a zero. The library keeps the file open.
        let registry = unsafe { (self.ggml_backend_load)(name.as_ptr()) };
        if registry.is_null() {
            let said = log::since(from);
            return Err(failed(refusal(file, said)));
        }
        Ok(registry)
    }

    /// The devices of a kind.
    pub(super) fn devices(&self, registry: *mut Registry) -> Vec<*mut Device> {
        // SAFETY: a registry that `load` gave lives as long as the process.
        let count = unsafe { (self.ggml_backend_reg_dev_count)(registry) };
        // SAFETY: as above, and the index is below the count.
        (0..count.min(64)).map(|index| unsafe { (self.ggml_backend_reg_dev_get)(registry, index) }).collect()
    }

    /// A device's name and description, and its free and whole memory in bytes.
    pub(super) fn describe(&self, device: *mut Device) -> (String, String, u64, u64) {
        let (mut free, mut whole) = (0, 0);
        // SAFETY: a device of `devices` lives as long as the process; the strings are its own.
        unsafe {
            (self.ggml_backend_dev_memory)(device, &raw mut free, &raw mut whole);
            let name = text((self.ggml_backend_dev_name)(device));
            let description = text((self.ggml_backend_dev_description)(device));
            (name, description, free as u64, whole as u64)
        }
    }
}

/// Opens a file for as long as the process lives.
fn open_file(path: &Path) -> Result<*mut c_void, String> {
    let name = CString::new(path.as_os_str().as_encoded_bytes()).map_err(|_| "the path holds a zero")?;
    // SAFETY: a string that ends with a zero. Opening runs the file's code: it comes from the folder that Karat
    // installed and checked, or from one that the user named.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if !handle.is_null() {
        return Ok(handle);
    }
    // SAFETY: the last error's text is there until the next call of this family on this thread.
    let reason = unsafe { libc::dlerror() };
    // SAFETY: either null or a string.
    Err(unsafe { text(reason) })
}

/// Why the engine refuses a part, from its messages.
fn refusal(file: &str, said: String) -> String {
    if file == VULKAN_FILE && said.contains("ggml_backend_init returned NULL") {
        // This is its only message when the loader finds no driver, or when no device has one of the chosen numbers.
        match chosen_devices() {
            None => format!("there is no Vulkan driver (ICD) that works; {VULKAN_DRIVERS}"),
            Some(chosen) => format!(
                "there is no Vulkan driver (ICD) that works, or none with the devices that {VULKAN_DEVICES}={chosen} names; \
                 leave that out, or {VULKAN_DRIVERS}"
            ),
        }
    } else if said.is_empty() {
        "the engine refuses it".to_owned()
    } else {
        said
    }
}

/// The variable that lists the Vulkan devices to be used, by number; only with it are devices used that are processors.
pub(crate) const VULKAN_DEVICES: &str = "GGML_VK_VISIBLE_DEVICES";

/// What to do about a missing driver.
const VULKAN_DRIVERS: &str =
    "install that of the GPU's maker (on Debian and Ubuntu, mesa-vulkan-drivers has those for AMD and Intel)";

/// The value of [`VULKAN_DEVICES`].
fn chosen_devices() -> Option<String> {
    std::env::var_os(VULKAN_DEVICES).map(|chosen| chosen.to_string_lossy().into_owned())
}

/// Why there is no device although there are drivers.
pub(crate) fn no_vulkan_device() -> String {
    match chosen_devices() {
        None => format!(
            "the Vulkan drivers (ICDs) find no GPU; one that computes on the processor, as Mesa's lavapipe does, is used only \
             if it is asked for by {VULKAN_DEVICES}=0"
        ),
        Some(chosen) => format!(
            "the Vulkan drivers (ICDs) find no device of those that {VULKAN_DEVICES}={chosen} names; they are counted from 0"
        ),
    }
}

/// What is missing, in the system's words, and what to do about it.
fn missing(reason: &str) -> String {
    let advice = [
        ("libvulkan.so.1:", "there is no Vulkan loader; on Debian and Ubuntu, install libvulkan1"),
        ("libcuda.so.1:", "there is no NVIDIA driver"),
        ("libcudart.so", "the CUDA libraries are not installed"),
        ("libcublas", "the CUDA libraries are not installed"),
    ];
    match advice.iter().find(|(name, _)| reason.starts_with(name)) {
        Some((_, advice)) => format!("{advice} ({reason})"),
        None => cpu_reason(reason),
    }
}

/// Adds what an old system lacks.
fn cpu_reason(reason: &str) -> String {
    if reason.contains("version `GLIBC") {
        format!("{reason}; the engine needs glibc 2.34 and GLIBCXX 3.4.29 or newer")
    } else {
        reason.to_owned()
    }
}

/// # Safety
///
/// The pointer is null, or points to a string that ends with a zero.
unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the caller vouches for it.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// A string that the library writes into a buffer.
pub(super) fn written(write: impl Fn(*mut c_char, usize) -> c_int) -> String {
    let mut buffer = vec![0_u8; 256];
    write(buffer.as_mut_ptr().cast(), buffer.len());
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(&buffer[..end]).into_owned()
}
