//! The same model with its weights stored in another way.
//!
//! The engine multiplies matrices of Q8_0 in blocks of rows and columns, but those of Q4_1 one row by one column at a
//! time, so with many columns the former take half the time. A weight of Q4_1 is one of sixteen numbers of its block of
//! 32, and one of Q8_0 one of 255, so little is lost: at most a 254th of the block's largest weight.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use half::f16;

use super::{GgufError, GgufFault, TensorType, read};

/// How many weights share a scale, in both types.
const BLOCK: usize = 32;
/// What the metadata of a file say whose weights are mostly Q8_0.
const MOSTLY_Q8_0: u32 = 7;

/// Copies a model's file, with Q8_0 in place of Q4_1. Everything else stays as it is.
///
/// # Errors
///
/// A file that is no model, or can not be read or written.
pub fn q8_0_of_q4_1(from: &Path, to: &Path) -> Result<(), GgufError> {
    let gguf = read::read(from, 0)?;
    let copy = || -> io::Result<()> {
        let mut source = File::open(from)?;
        let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
        let mut metadata = vec![0; usize::try_from(gguf.places.metadata_end).map_err(io::Error::other)?];
        source.read_exact(&mut metadata)?;
        if let Some(at) = gguf.places.file_type.and_then(|at| usize::try_from(at).ok()) {
            metadata[at..at + 4].copy_from_slice(&MOSTLY_Q8_0.to_le_bytes());
        }
        out.write_all(&metadata)?;
        let alignment = gguf.places.alignment;
        let mut written = gguf.places.metadata_end;
        let mut offset = 0_u64;
        for tensor in &gguf.tensors {
            let (kind, bytes) = stored_as(tensor.kind, tensor.elements(), tensor.bytes);
            let mut entry = (tensor.name.len() as u64).to_le_bytes().to_vec();
            entry.extend(tensor.name.as_bytes());
            entry.extend((tensor.shape.len() as u32).to_le_bytes());
            tensor.shape.iter().for_each(|length| entry.extend(length.to_le_bytes()));
            entry.extend(kind.number().to_le_bytes());
            entry.extend(offset.to_le_bytes());
            out.write_all(&entry)?;
            written += entry.len() as u64;
            offset = (offset + bytes).next_multiple_of(alignment);
        }
        for tensor in &gguf.tensors {
            let padding = written.next_multiple_of(alignment) - written;
            io::copy(&mut io::repeat(0).take(padding), &mut out)?;
            source.seek(SeekFrom::Start(tensor.offset))?;
            let mut rest = (&mut source).take(tensor.bytes);
            let bytes = match tensor.kind {
                TensorType::Q4_1 => requantise(&mut rest, &mut out)?,
                _ => io::copy(&mut rest, &mut out)?,
            };
            written += padding + bytes;
        }
        out.flush()
    };
    copy().map_err(|error| GgufError { path: from.to_owned(), fault: GgufFault::Copy(error) })
}

/// The new type of a tensor, and the bytes that it then takes.
fn stored_as(kind: TensorType, elements: u64, bytes: u64) -> (TensorType, u64) {
    match kind {
        TensorType::Q4_1 => (TensorType::Q8_0, elements / BLOCK as u64 * TensorType::Q8_0.block_bytes()),
        _ => (kind, bytes),
    }
}

/// Reads blocks of Q4_1 to the end, writes blocks of Q8_0, and returns how many bytes those have.
fn requantise(source: &mut impl Read, out: &mut impl Write) -> io::Result<u64> {
    let mut blocks = Vec::new();
    source.read_to_end(&mut blocks)?;
    let mut written = 0;
    for block in blocks.chunks_exact(20) {
        let block = q8_0(&weights(block));
        out.write_all(&block)?;
        written += block.len() as u64;
    }
    Ok(written)
}

/// The weights of a block of Q4_1: a scale and a least weight, both of 16 bits, then 32 numbers of 4 bits, the first
/// half of them in the low bits.
fn weights(block: &[u8]) -> [f32; BLOCK] {
    let [scale, least] = [0, 2].map(|at| f16::from_le_bytes([block[at], block[at + 1]]).to_f32());
    std::array::from_fn(|index| {
        let pair = block[4 + index % 16];
        let number = if index < 16 { pair & 15 } else { pair >> 4 };
        f32::from(number) * scale + least
    })
}

/// A block of Q8_0: a scale of 16 bits and 32 numbers from -127 to 127.
fn q8_0(weights: &[f32; BLOCK]) -> [u8; 34] {
    let largest = weights.iter().fold(0_f32, |largest, weight| largest.max(weight.abs()));
    let scale = largest / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    let mut block = [0; 34];
    block[..2].copy_from_slice(&f16::from_f32(scale).to_le_bytes());
    for (place, weight) in block[2..].iter_mut().zip(weights) {
        *place = ((weight * inverse).round() as i8).cast_unsigned();
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gguf::Gguf;
    use crate::model::gguf::write::Writer;

    /// 32 weights from 1 to 16.5 in steps of a half, in the order of the format: the low bits first.
    fn block() -> Vec<u8> {
        let mut block = Vec::new();
        block.extend(f16::from_f32(0.5).to_le_bytes());
        block.extend(f16::from_f32(1.0).to_le_bytes());
        block.extend((0..16).map(|number: u8| number | (15 - number) << 4));
        block
    }

    #[test]
    fn weights_are_read_as_the_format_says_and_hardly_change() {
        let read = weights(&block());
        assert_eq!((read[0], read[1], read[15], read[16], read[31]), (1.0, 1.5, 8.5, 8.5, 1.0));
        let stored = q8_0(&read);
        let scale = f16::from_le_bytes([stored[0], stored[1]]).to_f32();
        for (number, weight) in stored[2..].iter().zip(read) {
            assert!((f32::from(number.cast_signed()) * scale - weight).abs() <= 8.5 / 254.0 + 0.005);
        }
        assert_eq!(q8_0(&[0.0; BLOCK]), [0; 34]);
        assert_eq!(q8_0(&[-1.0; BLOCK])[2..], [0x81; 32]);
    }

    #[test]
    fn all_else_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
        let floats: Vec<u8> = (0..64_u8).collect();
        let file = Writer::model("llama")
            .u32("general.file_type", 3)
            .text("a.note", "general.file_type")
            .tensor("first", &[32, 3], 3, block().repeat(3))
            .tensor("second", &[16], 0, floats.clone())
            .tensor("third", &[64], 3, block().repeat(2));
        std::fs::write(&from, file.bytes()).unwrap();
        q8_0_of_q4_1(&from, &to).unwrap();
        let [before, after] = [&from, &to].map(|path| Gguf::open(path).unwrap());
        let kinds: Vec<String> = after.tensors.iter().map(|tensor| tensor.kind.to_string()).collect();
        assert_eq!(kinds, ["Q8_0", "F32", "Q8_0"]);
        assert_eq!(after.integer("general.file_type"), Some(7));
        for (key, value) in before.metadata.iter().filter(|(key, _)| *key != "general.file_type") {
            assert_eq!(after.metadata.get(key), Some(value), "{key}");
        }
        let bytes = std::fs::read(&to).unwrap();
        let of = |index: usize| {
            let tensor = &after.tensors[index];
            &bytes[tensor.offset as usize..][..tensor.bytes as usize]
        };
        let expected = q8_0(&weights(&block()));
        assert_eq!((of(0), of(1), of(2)), (&*expected.repeat(3), &*floats, &*expected.repeat(2)));
        assert_eq!(bytes.len() as u64, after.tensors[2].offset + after.tensors[2].bytes);
    }

    #[test]
    fn a_file_that_is_no_model_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        std::fs::write(&from, "none").unwrap();
        assert!(
            matches!(q8_0_of_q4_1(&from, &folder.path().join("to")), Err(error) if matches!(error.fault, GgufFault::NotGguf))
        );
    }
}
