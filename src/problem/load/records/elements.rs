//! A JSON array as a stream of its elements, of which one is in memory at a time.

use std::io::{self, BufRead};

use crate::json_lines::MOST_BLANK;

/// Splits an array into its elements. Whether each is JSON is for the parser to decide: here, brackets are counted and
/// strings are passed over.
#[derive(Debug)]
pub struct Elements<R> {
    reader: R,
    element: Vec<u8>,
    longest: usize,
    number: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the `[`.
    Start,
    /// Before an element, which must be there unless it is the first.
    Inside,
    /// After the `]`; nothing may follow.
    Closed,
    /// Nothing more is read.
    End,
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Its text, white space around it included. Only its beginning if it is [`too_long`](Self::too_long), or so deep
    /// that no parser takes it.
    pub bytes: &'a [u8],
    /// Whether it is longer than the limit. It is then the last one.
    pub too_long: bool,
}

/// No parser here accepts brackets that are nested more deeply, so such an element need not be read to its end.
const DEEPEST: usize = 1000;

/// How deeply nested the scanner is in the array's text.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// Takes the bytes of an element up to the comma or bracket that ends it, or up to the bracket that is nested too
    /// deeply, and returns where that is.
    fn end_of_element(&mut self, bytes: &[u8]) -> Option<usize> {
        for (position, &byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'[' | b'{' if self.depth == DEEPEST => return Some(position),
                b'[' | b'{' => self.depth += 1,
                b',' | b']' if self.depth == 0 => return Some(position),
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    }
}

impl<R: BufRead> Elements<R> {
    /// The elements, of at most `longest` bytes each, of the array that a stream holds. White space and a byte order
    /// mark may be before it.
    pub fn new(reader: R, longest: usize) -> Self {
        Elements { reader, element: Vec::new(), longest, number: 0, state: State::Start }
    }

    /// The next element; `None` after the last, and after one that was too long or too deep.
    ///
    /// # Errors
    ///
    /// Those of the reader; `UnexpectedEof` if the array does not end, `InvalidData` if the stream holds something
    /// else, or something before or after the array.
    pub fn next_element(&mut self) -> io::Result<Option<Element<'_>>> {
        const KEEP: usize = 1024 * 1024;
        if self.state == State::Start {
            if self.first_byte(b"\xef\xbb\xbf")?.ok_or_else(unended)? != b'[' {
                return Err(damaged("a JSON array, which begins with `[`, is expected"));
            }
            self.state = State::Inside;
        }
        if self.state == State::Closed {
            self.state = State::End;
            if self.first_byte(b"")?.is_some() {
                return Err(damaged("something follows the JSON array"));
            }
        }
        if self.state == State::End {
            return Ok(None);
        }
        self.element.clear();
        self.element.shrink_to(KEEP); // one giant element must not cost memory for good
        let mut too_long;
        let mut scan = Scan::default();
        let end = loop {
            let available = fill(&mut self.reader)?;
            if available.is_empty() {
                return Err(unended());
            }
            let end = scan.end_of_element(available);
            let text = &available[..end.unwrap_or(available.len())];
            let room = self.longest - self.element.len();
            too_long = text.len() > room;
            self.element.extend_from_slice(&text[..text.len().min(room)]);
            let byte = end.map(|end| available[end]);
            let used = text.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if too_long {
                break None;
            }
            if byte.is_some() {
                break byte;
            }
        };
        match end {
            Some(b']') => {
                self.state = State::Closed;
                if self.number == 0 && self.element.trim_ascii().is_empty() {
                    return self.next_element();
                }
            }
            Some(b',') => {}
            // Too long, or too deep: then the bracket belongs to what the parser has to refuse.
            other => {
                self.state = State::End;
                self.element.extend(other);
            }
        }
        self.number += 1;
        Ok(Some(Element { number: self.number, bytes: &self.element, too_long }))
    }

    /// The number of the last element that was given; 0 before the first.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The underlying reader.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// Takes the next byte that is neither white space nor one of these; `None` at the end.
    fn first_byte(&mut self, passed_over: &[u8]) -> io::Result<Option<u8>> {
        for _ in 0..=MOST_BLANK {
            let byte = fill(&mut self.reader)?.first().copied();
            self.reader.consume(usize::from(byte.is_some()));
            if byte.is_none_or(|byte| !byte.is_ascii_whitespace() && !passed_over.contains(&byte)) {
                return Ok(byte);
            }
        }
        Err(damaged(&format!("there are more than {MOST_BLANK} bytes of white space in a row")))
    }
}

fn fill<R: BufRead>(reader: &mut R) -> io::Result<&[u8]> {
    loop {
        // Asked again below, since a borrow that is returned can not be made in a loop that goes on.
        match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    reader.fill_buf()
}

fn unended() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the JSON array does not end")
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use jiter::JsonValue;
    use proptest::prelude::*;

    use super::*;

    fn elements(text: &[u8], capacity: usize) -> io::Result<Vec<String>> {
        let mut elements = Elements::new(BufReader::with_capacity(capacity, text), 1000);
        let mut all = Vec::new();
        while let Some(element) = elements.next_element()? {
            assert_eq!(element.number, all.len() as u64 + 1);
            assert!(!element.too_long);
            all.push(String::from_utf8_lossy(element.bytes).trim().to_owned());
        }
        assert!(elements.next_element()?.is_none(), "the end stays the end");
        Ok(all)
    }

    #[test]
    fn elements_are_cut_at_the_commas_of_the_array_alone() {
        let text = br#" [ {"a,]": "\"],[", "b": [1, [2]]}, [3,4] ,"x\\", {} ] "#;
        let expected = [r#"{"a,]": "\"],[", "b": [1, [2]]}"#, "[3,4]", r#""x\\""#, "{}"];
        assert_eq!(elements(text, 3).unwrap(), expected);
        assert!(elements(b"\xef\xbb\xbf[\n]", 2).unwrap().is_empty());
        assert_eq!(
            elements(b"[1,,2,]", 2).unwrap(),
            ["1", "", "2", ""],
            "the parser will refuse the empty ones"
        );
    }

    #[test]
    fn an_array_must_end_and_nothing_may_follow() {
        for text in [&b""[..], b"[", b"[1", b"[1,", b"[{]", b"[\"]"] {
            assert_eq!(elements(text, 2).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{text:?}");
        }
        assert_eq!(elements(b"[1] 2", 2).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_long_element_is_the_last() {
        let mut elements = Elements::new(BufReader::with_capacity(2, &b"[12345,\"1234\",1]"[..]), 5);
        assert!(!elements.next_element().unwrap().unwrap().too_long);
        let long = elements.next_element().unwrap().unwrap();
        assert!(long.too_long);
        assert_eq!(long.bytes, b"\"1234");
        assert!(elements.next_element().unwrap().is_none());
        // It need not end.
        let endless = BufReader::new(io::Read::chain(&b"["[..], io::repeat(b'a')));
        assert!(Elements::new(endless, 5).next_element().unwrap().unwrap().too_long);
    }

    #[test]
    fn what_is_nested_too_deep_is_not_read_to_its_end() {
        let endless = BufReader::new(io::Read::chain(&b"[1, "[..], io::repeat(b'[')));
        let mut elements = Elements::new(endless, usize::MAX);
        assert_eq!(elements.next_element().unwrap().unwrap().bytes, b"1");
        let deep = elements.next_element().unwrap().unwrap();
        assert!(!deep.too_long && deep.bytes.len() <= DEEPEST + 2);
        assert!(JsonValue::parse(deep.bytes, true).is_err());
        assert!(elements.next_element().unwrap().is_none());
    }

    #[test]
    fn white_space_around_the_array_ends() {
        for start in ["", "[]"] {
            let endless = BufReader::new(io::Read::chain(start.as_bytes(), io::repeat(b'\n')));
            let error = Elements::new(endless, 5).next_element().unwrap_err();
            assert!(error.to_string().contains("white space in a row"), "{error}");
        }
        assert_eq!(elements(b"{}[1]", 2).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(serde_json::Value::from),
            "[\\[\\]{}\",\\\\a]{0,6}".prop_map(serde_json::Value::from)
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                proptest::collection::vec(("[\\[\\]{}\",\\\\]{0,3}", inner), 0..4)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn elements_arrive_whole_for_any_chunking(
            values in proptest::collection::vec(json(), 0..6),
            capacity in 1usize..20,
            pretty in any::<bool>(),
        ) {
            let text = if pretty { serde_json::to_vec_pretty(&values) } else { serde_json::to_vec(&values) }.unwrap();
            let mut elements = Elements::new(BufReader::with_capacity(capacity, &text[..]), usize::MAX);
            for value in values {
                let element = elements.next_element().unwrap().unwrap();
                prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(element.bytes).unwrap(), value);
            }
            prop_assert!(elements.next_element().unwrap().is_none());
        }

        #[test]
        fn any_bytes_are_cut_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = [b"[", &bytes[..]].concat();
            let mut elements = Elements::new(&text[..], 50);
            while let Ok(Some(element)) = elements.next_element() {
                let _ = JsonValue::parse(element.bytes, true);
            }
        }
    }
}
