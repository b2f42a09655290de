//! Whether two builds of a component are the same program.
//!
//! componentize-py keeps the interpreter's memory as it is once the interpreter has started, and in it are the times at
//! which the builder made its temporary files. They come from the file system's clock, which nothing here can set, so
//! that two builds differ in some hundred bytes of that memory, and in nothing else.

use std::ops::Range;

use wasmparser::{Parser, Payload};

/// One byte of memory in this many may differ.
const RARE: usize = 10_000;

/// How much alike two builds of the same program are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// They are the same to the byte.
    Identical,
    /// This many bytes of their initial memory differ; everything else is the same.
    SameProgram {
        /// How many bytes.
        bytes: usize,
    },
}

impl Likeness {
    /// Compares two components, or modules.
    ///
    /// # Errors
    ///
    /// In what they differ, if they are different programs.
    pub(super) fn of(one: &[u8], other: &[u8]) -> Result<Likeness, String> {
        if one == other {
            return Ok(Likeness::Identical);
        }
        if one.len() != other.len() {
            return Err(format!("it has {} bytes, not {}", one.len(), other.len()));
        }
        let memory = initial_memory(one).map_err(|error| error.to_string())?;
        let differs = |range: &Range<usize>| one[range.clone()] != other[range.clone()];
        let mut at = 0;
        let (mut bytes, mut size) = (0, 0);
        for range in memory {
            let outside = at..range.start;
            if differs(&outside) {
                return Err(format!("it differs outside of its memory, in the bytes {outside:?}"));
            }
            bytes += one[range.clone()].iter().zip(&other[range.clone()]).filter(|(a, b)| a != b).count();
            size += range.len();
            at = range.end;
        }
        if differs(&(at..one.len())) {
            return Err(format!("it differs outside of its memory, behind byte {at}"));
        }
        if bytes > size / RARE {
            return Err(format!("{bytes} of {size} bytes of its memory differ"));
        }
        Ok(Likeness::SameProgram { bytes })
    }
}

/// Where the bytes are that memories begin with, in the order of the file.
fn initial_memory(component: &[u8]) -> wasmparser::Result<Vec<Range<usize>>> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::DataSection(section) = payload? {
            for data in section {
                let data = data?;
                found.push(data.range.end - data.data.len()..data.range.end);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(code: &str, memory: &str) -> Vec<u8> {
        let text = format!(
            r#"(component (core module (memory 1) (func (export "f") (result i32) {code}) (data (i32.const 8) "{memory}")))"#
        );
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn a_few_bytes_of_memory_may_differ_and_nothing_else() {
        let zeros = "0".repeat(20_000);
        let one = module("i32.const 1", &zeros);
        assert_eq!(Likeness::of(&one, &one), Ok(Likeness::Identical));
        let times = module("i32.const 1", &format!("12{}", &zeros[2..]));
        assert_eq!(Likeness::of(&one, &times), Ok(Likeness::SameProgram { bytes: 2 }));
        let much = module("i32.const 1", &format!("123{}", &zeros[3..]));
        assert!(Likeness::of(&one, &much).unwrap_err().contains("3 of 20000 bytes"));
        let other = module("i32.const 2", &zeros);
        assert!(Likeness::of(&one, &other).unwrap_err().contains("outside of its memory"));
        let longer = module("i32.const 1", &format!("{zeros}0"));
        assert!(Likeness::of(&one, &longer).unwrap_err().contains("bytes, not"));
    }
}
