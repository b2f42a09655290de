//! What is wrong with a model's file.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::shown::{bytes, shown};

/// Why a file can not be used as a model.
#[derive(Debug, Error)]
#[error("{}: {fault}", path.display())]
pub struct GgufError {
    /// The file that was to be a model.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: GgufFault,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum GgufFault {
    /// It can not be read.
    #[error("can not read it: {0}")]
    Io(io::Error),
    /// It can not be copied.
    #[error("can not copy it: {0}")]
    Copy(io::Error),
    /// It does not begin as a GGUF file does.
    #[error("this is no GGUF file (it does not begin with GGUF); name a file that ends in .gguf")]
    NotGguf,
    /// It is in another byte order.
    #[error(
        "this GGUF file is of the other byte order (big-endian), which the engine does not read; get another"
    )]
    BigEndian,
    /// It is of a version that the engine does not read.
    #[error("this GGUF file is of version {0}, and only 2 and 3 can be read; convert the model again")]
    Version(u32),
    /// It ends within its header.
    #[error("byte {at}: the file ends within {within}; it is damaged, or not all of it was downloaded")]
    Ends {
        /// Where.
        at: u64,
        /// In what.
        within: String,
    },
    /// Its header is longer than the limit.
    #[error("byte {at}: {what}, and at most {most} can be read; the file is damaged")]
    TooMuch {
        /// Where.
        at: u64,
        /// What there is too much of.
        what: String,
        /// How much there may be.
        most: u64,
    },
    /// It contains something impossible.
    #[error("byte {at}: {what}; the file is damaged")]
    Wrong {
        /// Where.
        at: u64,
        /// What it says.
        what: String,
    },
    /// A tensor is of a type that is not known.
    #[error("byte {at}: tensor {} is of type {kind}, which this version does not know", shown(name))]
    TensorType {
        /// Where.
        at: u64,
        /// The tensor's name.
        name: String,
        /// The number of its type.
        kind: u32,
    },
    /// It ends before its weights do.
    #[error(
        "the file has {} and its tensor {} ends at {}: {} are missing. Download it again", bytes(*length), shown(name),
        bytes(*end), bytes(end - length)
    )]
    Truncated {
        /// The file's length.
        length: u64,
        /// The last tensor.
        name: String,
        /// Where it ends.
        end: u64,
    },
    /// A field that a model needs is missing or invalid.
    #[error("metadata {}: {message}", shown(key))]
    Field {
        /// The field.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// A part of a split file is missing.
    #[error(
        "this is part {number} of {count}, and {} is missing; download all parts into one folder",
        shown(missing)
    )]
    MissingPart {
        /// The part that was named.
        number: u32,
        /// How many there are.
        count: u32,
        /// The name of the missing one.
        missing: String,
    },
    /// A part of a split file whose name does not say so.
    #[error(
        "this is one of {count} parts, and its name does not end in -00001-of-{count:05}.gguf as it must"
    )]
    SplitName {
        /// How many there are.
        count: i128,
    },
    /// A folder of weights in another format.
    #[error(
        "these are safetensors, which the built-in engine does not read. Either name a GGUF file of this model (Hugging \
         Face has one of most; llama.cpp's convert_hf_to_gguf.py makes one), or let vLLM run it: --model vllm:{}",
        shown(path)
    )]
    Safetensors {
        /// The folder.
        path: String,
    },
    /// A folder.
    #[error("this is a folder; name a file in it that ends in .gguf{}", if found.is_empty() {
        String::new()
    } else {
        format!(" ({})", shown(found))
    })]
    Folder {
        /// Names of such files, if it has some.
        found: String,
    },
}
