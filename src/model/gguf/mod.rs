//! Reading GGUF files, without their weights: what a model is, how large, and whether its file is whole.
//!
//! A file begins with `GGUF`, a version (2 or 3), the number of tensors and of metadata fields; then come the fields,
//! the tensors' names, shapes, types and offsets, and, aligned, the tensors themselves. Files are hostile: every count
//! and length is compared with what is left of the file before anything is kept, and errors name the file and the byte.

mod digest;
mod error;
mod file_type;
mod info;
mod locate;
mod read;
mod requantise;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub mod write;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

pub use digest::{Digests, digest};
pub use error::{GgufError, GgufFault};
pub use file_type::{TensorType, file_type_name};
pub use info::{FimTokens, Info};
pub use locate::split_files;
pub use requantise::q8_0_of_q4_1;

/// A model's file, or files, without the weights.
#[derive(Clone, Debug)]
pub struct Gguf {
    /// Its files: one, or all parts of a split one in order.
    pub files: Vec<PathBuf>,
    /// The length of all files together.
    pub file_bytes: u64,
    /// The format's version.
    pub version: u32,
    /// The metadata of the first file, in its order.
    pub metadata: IndexMap<String, MetadataValue>,
    /// The tensors of all files.
    pub tensors: Vec<Tensor>,
    /// The texts of the vocabulary, by id.
    tokens: Tokens,
    /// Where things are in the first file.
    places: Places,
}

/// Where things are in a file, for copying it.
#[derive(Clone, Copy, Debug)]
struct Places {
    /// The end of the metadata, where the description of the tensors begins.
    metadata_end: u64,
    /// The four bytes of `general.file_type`.
    file_type: Option<u64>,
    /// The beginning of each tensor is a multiple of this.
    alignment: u64,
}

/// A metadata field. Long arrays are counted, not kept.
#[derive(Clone, Debug, PartialEq)]
pub enum MetadataValue {
    /// An integer of any width.
    Integer(i128),
    /// A number with a fraction.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// A text. What is not UTF-8 in it is replaced.
    Text(String),
    /// A short array of integers or numbers; `None` for others.
    Array {
        /// How many elements it has.
        length: u64,
        /// The elements, if there are few and all are integers.
        integers: Option<Vec<i128>>,
    },
}

/// A tensor, as the file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// The number of elements in each dimension, the fastest first.
    pub shape: Vec<u64>,
    /// How its elements are stored.
    pub kind: TensorType,
    /// Which of the files it is in.
    pub file: usize,
    /// Where in that file it begins.
    pub offset: u64,
    /// How many bytes it takes there.
    pub bytes: u64,
}

impl Tensor {
    /// How many elements it has.
    pub fn elements(&self) -> u64 {
        self.shape.iter().product()
    }
}

/// The texts of a vocabulary, one after the other.
#[derive(Clone, Debug, Default)]
struct Tokens {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Tokens {
    fn get(&self, id: usize) -> Option<&[u8]> {
        let end = *self.ends.get(id)?;
        let start = if id == 0 { 0 } else { *self.ends.get(id - 1)? };
        self.bytes.get(start..end)
    }

    fn find(&self, text: &str) -> Option<usize> {
        (0..self.ends.len()).find(|id| self.get(*id) == Some(text.as_bytes()))
    }
}

impl Gguf {
    /// Reads a file, and all other parts if it is split. The weights are not read, but they have to be there: it is an
    /// error if a file ends before its last tensor does.
    ///
    /// # Errors
    ///
    /// A file that can not be read, is something else, or is not whole; see [`GgufError`].
    pub fn open(path: &Path) -> Result<Gguf, GgufError> {
        let files = locate::files(path)?;
        let mut whole: Option<Gguf> = None;
        for (index, file) in files.iter().enumerate() {
            let part = read::read(file, index)?;
            match &mut whole {
                None => {
                    let count = part.integer("split.count").unwrap_or(1);
                    let wrong = |fault| GgufError { path: file.clone(), fault };
                    if count > 1 && files.len() as i128 != count {
                        return Err(wrong(GgufFault::SplitName { count }));
                    }
                    whole = Some(part);
                }
                Some(whole) => {
                    whole.file_bytes = whole.file_bytes.saturating_add(part.file_bytes);
                    whole.tensors.extend(part.tensors);
                }
            }
        }
        let mut whole =
            whole.ok_or_else(|| GgufError { path: path.to_owned(), fault: GgufFault::NotGguf })?;
        whole.files = files;
        Ok(whole)
    }

    /// A text of the metadata.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key)? {
            MetadataValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An integer of the metadata.
    pub fn integer(&self, key: &str) -> Option<i128> {
        match self.metadata.get(key)? {
            MetadataValue::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// A boolean of the metadata.
    #[cfg(test)]
    pub fn boolean(&self, key: &str) -> Option<bool> {
        match self.metadata.get(key)? {
            MetadataValue::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The text of a token, if the vocabulary has it.
    pub fn token(&self, id: u64) -> Option<String> {
        let bytes = self.tokens.get(usize::try_from(id).ok()?)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The bytes that the weights take.
    pub fn weight_bytes(&self) -> u64 {
        self.tensors.iter().fold(0, |sum, tensor| sum.saturating_add(tensor.bytes))
    }

    /// What the model is.
    ///
    /// # Errors
    ///
    /// When the file lacks what every model's file must have: architecture and sizes.
    pub fn info(&self) -> Result<Info, GgufError> {
        Info::of(self).map_err(|fault| GgufError { path: self.files[0].clone(), fault })
    }
}
