//! Server-sent events, by the HTML standard's section on them; only what APIs use.

/// Cuts a stream of bytes into the data of its events.
#[derive(Debug, Default)]
pub(super) struct EventDecoder {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_return: bool,
}

impl EventDecoder {
    /// Takes bytes and appends the data of each event that they end to `events`. Names of events, comments and times to
    /// reconnect are passed over; bytes that are not UTF-8 are replaced.
    pub(super) fn push(&mut self, bytes: &[u8], events: &mut Vec<String>) {
        for &byte in bytes {
            let second_half = byte == b'\n' && self.after_return; // of a line's end in the form CR LF
            self.after_return = byte == b'\r';
            match byte {
                b'\n' if second_half => {}
                b'\n' | b'\r' => self.end_line(events),
                _ => self.line.push(byte),
            }
        }
    }

    /// How many bytes are buffered of an event that has not ended.
    pub(super) fn unfinished(&self) -> usize {
        self.line.len() + self.data.len()
    }

    fn end_line(&mut self, events: &mut Vec<String>) {
        if self.line.is_empty() {
            if std::mem::take(&mut self.has_data) {
                events.push(String::from_utf8_lossy(&std::mem::take(&mut self.data)).into_owned());
            }
            return;
        }
        if let Some(value) = self.line.strip_prefix(b"data:") {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            self.has_data = true;
        }
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut decoder = EventDecoder::default();
        let mut events = Vec::new();
        pieces.into_iter().for_each(|piece| decoder.push(piece, &mut events));
        events
    }

    #[test]
    fn data_lines_are_joined_and_the_rest_passed_over() {
        let stream = b": hello\nevent: ping\ndata: {\"a\":\ndata: 1}\nid: 3\n\n\n\ndata:[DONE]\r\n\r\nevent: x\n\ndata: cut\n";
        assert_eq!(decode([&stream[..]]), ["{\"a\":\n1}", "[DONE]"]);
        assert_eq!(decode([&b"data:\n\ndata:  two\r\r"[..]]), ["", " two"]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_stream_is_cut(
            texts in proptest::collection::vec("[^\r\n]{0,8}", 0..5),
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
            size in 1_usize..7,
        ) {
            let stream: String = texts.iter().map(|text| format!("data: {text}{end}{end}")).collect();
            prop_assert_eq!(decode(stream.as_bytes().chunks(size)), texts);
        }
    }
}
