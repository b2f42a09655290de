use std::io::Write;
use std::sync::Arc;

use flate2::write::GzEncoder;
use parquet::basic::{Encoding, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::*;
use crate::problem::load::records::footer::MAGIC;

fn file(content: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    file
}

fn fault(content: &[u8]) -> String {
    check(&mut file(content)).unwrap_err().to_string()
}

/// A file that has nothing but types: each of these is a name and its number of children.
fn with_types(children: &[i32]) -> Vec<u8> {
    let mut footer = vec![0x15, 0x04, 0x19, 0xfc]; // version 2; a list of structures
    varint(children.len() as u64, &mut footer);
    for count in children {
        footer.extend([0x35, 0x00, 0x18, 0x01, b'a', 0x15]); // required; `a`; its children
        varint((*count as u32 as u64) << 1, &mut footer);
        footer.push(0x00);
    }
    footer.extend([0x16, 0x00, 0x19, 0x0c, 0x00]); // no rows, no groups of rows
    let length = (footer.len() as u32).to_le_bytes();
    [MAGIC, &footer[..], &length, MAGIC].concat()
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[test]
fn types_are_deep_and_many_within_reason() {
    let chain = |depth: usize| [&vec![1; depth][..], &[0]].concat();
    check(&mut file(&with_types(&chain(DEEPEST)))).unwrap();
    check(&mut file(&with_types(&[3, 2, 0, 0, 1, 0, 0]))).unwrap();
    for depth in [DEEPEST + 1, 5_000] {
        assert!(fault(&with_types(&chain(depth))).contains("nested more than 32 deep"));
    }
    let columns = MOST_COLUMNS as usize;
    assert!(fault(&with_types(&vec![0; columns + 1])).contains("more than 10000 columns"));
    assert!(fault(&with_types(&[i32::MAX, 0])).contains("more children than there are types"));
}

#[test]
fn a_footer_fits_into_its_file() {
    let whole = with_types(&[1, 0]);
    for cut in 0..whole.len() {
        assert!(check(&mut file(&whole[..cut])).is_err(), "{cut}");
    }
    let mut long = whole.clone();
    let length = long.len();
    long[length - 8..length - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(fault(&long).contains("footer is cut off"));
}

/// A file with one column of texts, one row each.
fn with_texts(properties: WriterPropertiesBuilder, texts: &[ByteArray]) -> Vec<u8> {
    let column = Type::primitive_type_builder("text", Physical::BYTE_ARRAY)
        .with_repetition(Repetition::REQUIRED)
        .build()
        .unwrap();
    let schema = Type::group_type_builder("rows").with_fields(vec![Arc::new(column)]).build().unwrap();
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build())).unwrap();
    let mut rows = file.next_row_group().unwrap();
    let mut column = rows.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(texts, None, None).unwrap();
    column.close().unwrap();
    rows.close().unwrap();
    file.into_inner().unwrap()
}

fn check_all(content: &[u8], limits: &ReadLimits) -> Result<(), String> {
    let mut file = file(content);
    check(&mut file).map_err(|error| error.to_string())?;
    let reader = SerializedFileReader::new(file.try_clone().unwrap()).unwrap();
    limits.check_pages(&file, reader.metadata()).map_err(|error| error.to_string())
}

/// Limits that a test soon reaches.
const TIGHT: ReadLimits = ReadLimits {
    pages: Inflation { free: 1000, ratio: 32, most: u64::MAX, advice: "smaller pages" },
    rows: Inflation { free: 100_000, ratio: 32, most: u64::MAX, advice: "as JSON lines" },
    values: [100, 200],
};

#[test]
fn pages_become_no_larger_than_may_come_of_the_file() {
    let plain = || WriterProperties::builder().set_dictionary_enabled(false);
    let text = |length: usize| ByteArray::from("a".repeat(length).as_str());
    for compression in
        [Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default()), Compression::GZIP(Default::default())]
    {
        let packed = || plain().set_compression(compression);
        check_all(&with_texts(packed(), &[text(1000)]), &TIGHT).unwrap();
        check_all(&with_texts(packed(), &[text(90_000)]), &LIMITS).unwrap();
        let large = check_all(&with_texts(packed(), &[text(5_000_000)]), &TIGHT);
        if compression == Compression::SNAPPY {
            large.unwrap(); // which makes a twentieth of what it packs at best
        } else {
            let message = large.unwrap_err();
            assert!(
                message.contains("unpacks to more than") && message.contains("smaller pages"),
                "{message}"
            );
        }
    }
    let small_pages = plain().set_data_page_size_limit(500).set_write_batch_size(1);
    let packed = small_pages.set_compression(Compression::ZSTD(ZstdLevel::default()));
    let message = check_all(&with_texts(packed, &vec![text(9_000); 190]), &TIGHT).unwrap_err();
    assert!(message.contains("as JSON lines"), "{message}");
}

#[test]
fn columns_have_no_more_values_than_fit_into_memory() {
    let few = vec![ByteArray::from("a"); 100];
    check_all(&with_texts(WriterProperties::builder(), &few), &TIGHT).unwrap();
    let many = vec![ByteArray::from("a"); 100_000];
    let message = check_all(&with_texts(WriterProperties::builder(), &many), &TIGHT).unwrap_err();
    assert!(message.contains("a column has 100001 values in a row group, more than 200"), "{message}");
    check_all(&with_texts(WriterProperties::builder(), &many), &LIMITS).unwrap();
}

#[test]
fn texts_of_a_length_that_nothing_tells_are_refused() {
    for encoding in [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
        let properties = WriterProperties::builder().set_dictionary_enabled(false).set_encoding(encoding);
        let message = check_all(&with_texts(properties, &[ByteArray::from("abc")]), &LIMITS).unwrap_err();
        assert!(message.contains("written as differences"), "{message}");
    }
}

#[test]
fn a_gzipped_page_becomes_what_it_says() {
    let mut encoder = GzEncoder::new(b"levels".to_vec(), flate2::Compression::default());
    encoder.write_all(&[b'a'; 1000]).unwrap();
    let page = encoder.finish().unwrap();
    let length = page.len() as u64;
    let content = [&page[..], b"next"].concat();
    let mut reader = &content[..];
    check_gzip(&mut reader, length, 6, 1006).unwrap();
    assert_eq!(reader, b"next");
    let message = check_gzip(&mut &content[..], length, 6, 1005).unwrap_err().to_string();
    assert!(message.contains("larger than it says"), "{message}");
}
