//! Runs untrusted programs in WebAssembly guests.
//!
//! * [`fuse`] turns the component that holds CPython into one core module.
//! * [`wasi`] is the world that guests see, and [`files`] the file system in it.
//! * [`units`] are what limits are measured in.
//! * [`pool`] hands out fresh guests, called cells, quickly.

pub mod files;
pub mod fuse;
pub mod pool;
pub mod units;
pub mod wasi;

pub use files::{FileError, FileTree};
pub use fuse::{Deepened, NewStack};
pub use pool::{Cell, CellLimits, Engine, Guest, Initializer, MOST_MEMORY, SandboxError, StackBounds, Stop};
pub use units::{Bytes, Fuel, QuantityError};
pub use wasi::{AskFunction, HostRefusal, LONGEST_MESSAGE};
