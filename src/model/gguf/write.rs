//! Writing GGUF files, for tests.

/// A file that is being written.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The version.
    pub version: u32,
    fields: Vec<u8>,
    field_count: u64,
    tensors: Vec<(String, Vec<u64>, u32, Vec<u8>)>,
    alignment: usize,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer { version: 3, fields: Vec::new(), field_count: 0, tensors: Vec::new(), alignment: 32 }
    }
}

impl Writer {
    /// A file with the fields that every model has: 2 layers, 64 wide, 4 heads on 2, context 128.
    pub fn model(architecture: &str) -> Writer {
        let key = |name: &str| format!("{architecture}.{name}");
        Writer::default()
            .text("general.architecture", architecture)
            .u32(&key("context_length"), 128)
            .u32(&key("embedding_length"), 64)
            .u32(&key("block_count"), 2)
            .u32(&key("attention.head_count"), 4)
            .u32(&key("attention.head_count_kv"), 2)
    }

    /// A field with any bytes.
    pub fn raw(mut self, key: &str, kind: u32, value: &[u8]) -> Writer {
        self.fields.extend(string(key.as_bytes()));
        self.fields.extend(kind.to_le_bytes());
        self.fields.extend(value);
        self.field_count += 1;
        self
    }

    /// A text.
    pub fn text(self, key: &str, value: &str) -> Writer {
        self.raw(key, 8, &string(value.as_bytes()))
    }

    /// An integer.
    pub fn u32(self, key: &str, value: u32) -> Writer {
        self.raw(key, 4, &value.to_le_bytes())
    }

    /// An array of texts.
    pub fn texts(self, key: &str, values: &[&str]) -> Writer {
        let mut bytes = array(8, values.len());
        values.iter().for_each(|value| bytes.extend(string(value.as_bytes())));
        self.raw(key, 9, &bytes)
    }

    /// An array of integers.
    pub fn i32s(self, key: &str, values: &[i32]) -> Writer {
        let mut bytes = array(5, values.len());
        values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        self.raw(key, 9, &bytes)
    }

    /// The alignment of tensors, which has to be in the fields, too.
    pub fn aligned(mut self, alignment: u32) -> Writer {
        self.alignment = alignment as usize;
        self.u32("general.alignment", alignment)
    }

    /// A tensor.
    pub fn tensor(mut self, name: &str, shape: &[u64], kind: u32, content: Vec<u8>) -> Writer {
        self.tensors.push((name.to_owned(), shape.to_vec(), kind, content));
        self
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(self.version.to_le_bytes());
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend(self.field_count.to_le_bytes());
        out.extend(&self.fields);
        let mut offset = 0;
        for (name, shape, kind, content) in &self.tensors {
            out.extend(string(name.as_bytes()));
            out.extend((shape.len() as u32).to_le_bytes());
            shape.iter().for_each(|length| out.extend(length.to_le_bytes()));
            out.extend(kind.to_le_bytes());
            out.extend((offset as u64).to_le_bytes());
            offset = (offset + content.len()).next_multiple_of(self.alignment);
        }
        for (.., content) in &self.tensors {
            out.resize(out.len().next_multiple_of(self.alignment), 0);
            out.extend(content);
        }
        out
    }
}

/// A length and the bytes.
pub fn string(bytes: &[u8]) -> Vec<u8> {
    let mut out = (bytes.len() as u64).to_le_bytes().to_vec();
    out.extend(bytes);
    out
}

fn array(kind: u32, length: usize) -> Vec<u8> {
    let mut out = kind.to_le_bytes().to_vec();
    out.extend((length as u64).to_le_bytes());
    out
}
