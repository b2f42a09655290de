//! Files as streams of bytes: decompressed by what their first bytes say, and digested on the way.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::files;

/// How much is read at once.
pub(super) const BUFFER: usize = 64 * 1024;

/// The largest window of a zstd frame, as a power of two: what `zstd` itself writes without `--long` and reads without
/// being told to. A frame asks for as much memory as its window has bytes.
const WINDOW_LOG_MAX: u32 = 27;

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

/// How much compressed bytes may decompress to. Tests and programs shrink to about a tenth, many samples of one problem
/// to a fiftieth; what becomes far more was made to fill memory or disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inflation {
    /// How many bytes a file of any length may decompress to.
    pub free: u64,
    /// How many more for each of its bytes.
    pub ratio: u64,
    /// The most for any file.
    pub most: u64,
    /// What to do if it becomes more.
    pub advice: &'static str,
}

impl Inflation {
    /// For a whole file. It is read as a stream, so there is no limit for one that is itself large.
    pub(super) const FILE: Inflation = Inflation {
        free: 64 << 20,
        ratio: 128,
        most: u64::MAX,
        advice: "if it is meant to be so, unpack it (gzip -d, zstd -d) and give the plain file",
    };

    /// Checks that `taken` bytes did not become more than they may.
    pub(super) fn check(&self, taken: u64, given: u64) -> io::Result<()> {
        let limit = self.most.min(self.free.saturating_add(taken.saturating_mul(self.ratio)));
        if given > limit {
            let advice = self.advice;
            return Err(io::Error::new(io::ErrorKind::InvalidData, TooMuch { limit, taken, advice }));
        }
        Ok(())
    }
}

/// Compressed bytes became more than [`Inflation`] allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unpacks to more than {limit} bytes, the most that may come of {taken}; {advice}")]
pub(super) struct TooMuch {
    limit: u64,
    taken: u64,
    advice: &'static str,
}

/// Opens a file and decompresses it if its first bytes are those of gzip or zstd.
///
/// # Errors
///
/// Those of opening a file and of reading its first bytes, and for what is neither a file nor a pipe.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    decode(files::open(path)?)
}

/// Decompresses a stream if its first bytes are those of gzip or zstd (including several members or frames in a row),
/// and passes on any other as it is. Reading ends with an error where it becomes far more than can be of use.
///
/// # Errors
///
/// Those of reading the first bytes.
pub fn decode(reader: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    decode_within(reader, Inflation::FILE)
}

fn decode_within(
    reader: impl Read + Send + 'static,
    inflation: Inflation,
) -> io::Result<Box<dyn BufRead + Send>> {
    let (start, reader) = first_bytes(reader, 4)?;
    let compression = Compression::of(&start);
    let reader = Cursor::new(start).chain(reader);
    if compression == Compression::None {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, reader)));
    }
    let (reader, taken) = Counting::new(reader);
    let whole = BufReader::with_capacity(BUFFER, reader);
    let inflated: Box<dyn Read + Send> = if compression == Compression::Gzip {
        Box::new(MultiGzDecoder::new(whole))
    } else {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(whole)?;
        decoder.window_log_max(WINDOW_LOG_MAX)?;
        Box::new(decoder)
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, Inflating::new(inflated, taken, inflation))))
}

/// Passes bytes on and counts them.
#[derive(Debug)]
pub(super) struct Counting<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Counting<R> {
    /// The reader, and the count.
    pub(super) fn new(reader: R) -> (Counting<R>, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        (Counting { reader, count: Arc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Passes on what a decompressor makes, unless that is [`TooMuch`].
#[derive(Debug)]
pub(super) struct Inflating<R> {
    decompressor: R,
    /// How many compressed bytes were read.
    taken: Arc<AtomicU64>,
    given: u64,
    inflation: Inflation,
}

impl<R: Read> Inflating<R> {
    /// Limits a decompressor that reads from a [`Counting`] reader; this is that reader's count.
    pub(super) fn new(decompressor: R, taken: Arc<AtomicU64>, inflation: Inflation) -> Inflating<R> {
        Inflating { decompressor, taken, given: 0, inflation }
    }
}

impl<R: Read> Read for Inflating<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.decompressor.read(buffer)?;
        self.given += length as u64;
        self.inflation.check(self.taken.load(Ordering::Relaxed), self.given)?;
        Ok(length)
    }
}

/// Reads up to `count` bytes from a stream: a pipe may deliver less than asked for, so `read` alone is not enough.
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

    /// The digest of all bytes that were passed on.
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
    fn far_more_than_was_read_is_refused() {
        let inflation = Inflation { free: 1000, ratio: 10, most: 500_000, advice: "unpack it" };
        let read = |content: Vec<u8>| {
            let mut whole = Vec::new();
            decode_within(Cursor::new(content), inflation)?.read_to_end(&mut whole).map(|_| whole.len())
        };
        for compress in [gzip, zstd] {
            assert_eq!(read(compress(&[b'a'; 1000])).unwrap(), 1000);
            let bomb = compress(&vec![b'a'; 400_000]);
            let (length, error) = (bomb.len(), read(bomb).unwrap_err().to_string());
            let limit = 1000 + 10 * length;
            let expected =
                format!("unpacks to more than {limit} bytes, the most that may come of {length}; unpack it");
            assert_eq!(error, expected);
            // A file that is itself large may become large, up to the limit for all.
            let noise: Vec<u8> =
                (0..90_000_u32).flat_map(|number| number.wrapping_mul(number).to_le_bytes()).collect();
            assert_eq!(read(compress(&noise)).unwrap(), noise.len());
            assert!(read(compress(&[&noise[..], &noise].concat())).is_err());
        }
        assert_eq!(read(vec![b'a'; 400_000]).unwrap(), 400_000, "what is not compressed has no such limit");
    }

    #[test]
    fn a_zstd_frame_gets_no_window_of_gibibytes() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(30).unwrap();
        encoder.write_all(b"{}").unwrap();
        assert!(decoded(encoder.finish().unwrap()).is_err());
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
