//! Files as streams of bytes: decompressed by what their first bytes say, and digested on the way.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// How much is read at once.
pub(super) const BUFFER: usize = 64 * 1024;

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// Told from the first bytes of a stream.
    pub(super) fn of(start: &[u8]) -> Compression {
        if start.starts_with(&[0x1f, 0x8b]) {
            Compression::Gzip
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Compression::Zstd
        } else {
            Compression::None
        }
    }
}

/// Opens a file and decompresses it if its first bytes are those of gzip or zstd.
///
/// # Errors
///
/// Those of opening a file and of reading its first bytes.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    decode(File::open(path)?)
}

/// Decompresses a stream if its first bytes are those of gzip or zstd (several members or frames in a row included),
/// and passes it on as it is otherwise.
///
/// # Errors
///
/// Those of reading the first bytes.
pub fn decode(reader: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let (start, reader) = first_bytes(reader, 4)?;
    let compression = Compression::of(&start);
    let whole = BufReader::with_capacity(BUFFER, Cursor::new(start).chain(reader));
    Ok(match compression {
        Compression::None => Box::new(whole),
        Compression::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(whole))),
        Compression::Zstd => {
            Box::new(BufReader::with_capacity(BUFFER, zstd::stream::read::Decoder::with_buffer(whole)?))
        }
    })
}

/// Takes up to `count` bytes off a stream: a pipe may deliver less than asked for, so `read` alone is not enough.
fn first_bytes<R: Read>(mut reader: R, count: u64) -> io::Result<(Vec<u8>, R)> {
    let mut start = Vec::new();
    reader.by_ref().take(count).read_to_end(&mut start)?;
    Ok((start, reader))
}

/// Passes bytes on and digests them on the way.
#[derive(Debug)]
pub(super) struct Digesting<R> {
    reader: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Digesting<R> {
    pub(super) fn new(reader: R) -> Self {
        Digesting { reader, hasher: blake3::Hasher::new() }
    }

    /// The digest of all bytes that went by.
    pub(super) fn digest(&self) -> blake3::Hash {
        self.hasher.finalize()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;

    use super::*;

    pub(in super::super) fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    pub(in super::super) fn zstd(content: &[u8]) -> Vec<u8> {
        zstd::encode_all(content, 1).unwrap()
    }

    fn decoded(content: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        decode(Cursor::new(content))?.read_to_end(&mut whole)?;
        Ok(whole)
    }

    #[test]
    fn compression_is_told_from_the_content() {
        for plain in [&b""[..], b"\x1f", b"{", b"{}\n", b"\x1f\x8c", b"\x28\xb5\x2f"] {
            assert_eq!(decoded(plain.to_vec()).unwrap(), plain);
            assert_eq!(decoded(gzip(plain)).unwrap(), plain);
            assert_eq!(decoded(zstd(plain)).unwrap(), plain);
        }
        for compress in [gzip, zstd] {
            let parts = [compress(b"one\n"), compress(b"two\n")].concat();
            assert_eq!(decoded(parts).unwrap(), b"one\ntwo\n");
        }
    }

    #[test]
    fn a_truncated_stream_is_an_error() {
        for compress in [gzip, zstd] {
            let mut content = compress(&[b'a'; 10_000]);
            content.truncate(content.len() - 3);
            assert!(decoded(content).is_err());
        }
    }
}
