//! Valid files, invalid ones, and ones that nobody would think of.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::write::{Writer, string};
use super::*;

fn tiny() -> Writer {
    Writer::model("llama")
        .text("general.name", "Tiny")
        .text("general.license", "mit")
        .u32("general.file_type", 7)
        .texts("tokenizer.ggml.tokens", &["<s>", "</s>", "a", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"])
        .u32("tokenizer.ggml.bos_token_id", 0)
        .u32("tokenizer.ggml.eos_token_id", 1)
        .text("tokenizer.chat_template", "{{ messages }}")
        .tensor("token_embd.weight", &[64, 6], 8, vec![1; 64 * 6 / 32 * 34])
        .tensor("output_norm.weight", &[64], 0, vec![2; 256])
}

fn open(bytes: &[u8]) -> Result<Gguf, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    fs::write(&path, bytes).unwrap();
    Gguf::open(&path).map_err(|error| {
        let text = error.to_string();
        text.strip_prefix(&format!("{}: ", path.display())).expect("the error names the file").to_owned()
    })
}

fn info(writer: &Writer) -> Result<Info, String> {
    open(&writer.bytes()).and_then(|gguf| gguf.info().map_err(|error| error.fault.to_string()))
}

#[test]
fn a_model_is_described() {
    for version in [2, 3] {
        let mut writer = tiny();
        writer.version = version;
        let bytes = writer.bytes();
        let gguf = open(&bytes).unwrap();
        assert_eq!((gguf.version, gguf.file_bytes), (version, bytes.len() as u64));
        let [embedding, norm] = gguf.tensors.as_slice() else { panic!("{:?}", gguf.tensors) };
        let content = |tensor: &Tensor| {
            let start = usize::try_from(tensor.offset).unwrap();
            &bytes[start..start + usize::try_from(tensor.bytes).unwrap()]
        };
        assert!(content(embedding).iter().all(|byte| *byte == 1) && embedding.bytes == 408);
        assert!(content(norm).iter().all(|byte| *byte == 2) && norm.bytes == 256);
        let info = gguf.info().unwrap();
        assert_eq!(info.architecture, "llama");
        assert_eq!((info.name.as_deref(), info.licence.as_deref()), (Some("Tiny"), Some("mit")));
        assert_eq!((info.parameters, info.quantisation.as_str()), (64 * 6 + 64, "Q8_0"));
        assert_eq!((info.context_length, info.layers, info.embedding_length), (128, 2, 64));
        assert_eq!((info.heads, info.kv_heads, info.key_length, info.value_length), (4, vec![2, 2], 16, 16));
        assert_eq!(info.vocabulary, 6);
        assert_eq!((info.bos, info.eos), (Some((0, "<s>".into())), Some((1, "</s>".into()))));
        assert_eq!(info.fim.unwrap().middle, "<fim_middle>");
        assert_eq!(info.chat_template.as_deref(), Some("{{ messages }}"));
        assert_eq!(gguf.weight_bytes(), 664);
    }
}

#[test]
fn what_a_file_leaves_out_is_made_up_for_or_told() {
    let writer = Writer::model("mix")
        .i32s("mix.attention.head_count_kv_of_others", &[1; 9])
        .u32("mix.attention.key_length", 32)
        .tensor("a", &[32, 3], 2, vec![0; 54])
        .tensor("b", &[8], 0, vec![0; 32]);
    let found = info(&writer).unwrap();
    assert_eq!(found.quantisation, "mostly Q4_0");
    assert_eq!((found.key_length, found.value_length), (32, 16));
    assert_eq!((found.bos, found.fim, found.chat_template, found.licence), (None, None, None, None));
    // Heads of each layer, as hybrid models have them.
    let hybrid = || {
        Writer::default()
            .text("general.architecture", "h")
            .u32("h.context_length", 8)
            .u32("h.embedding_length", 8)
            .u32("h.block_count", 3)
            .u32("h.attention.head_count", 2)
    };
    let found = info(&hybrid().i32s("h.attention.head_count_kv", &[0, 2, 0])).unwrap();
    assert_eq!(found.kv_heads, [0, 2, 0]);
    // Marks take precedence over the tokens' names.
    let marked = Writer::model("m")
        .texts("tokenizer.ggml.tokens", &["x", "y", "z", "<PRE>", "<SUF>", "<MID>"])
        .u32("tokenizer.ggml.fim_pre_token_id", 2)
        .u32("tokenizer.ggml.suffix_token_id", 1)
        .u32("tokenizer.ggml.middle_token_id", 0);
    let fim = info(&marked).unwrap().fim.unwrap();
    assert_eq!([fim.prefix, fim.suffix, fim.middle], ["z", "y", "x"]);
    for (writer, message) in [
        (Writer::default(), "metadata general.architecture: it is not there, so this is no model"),
        (Writer::default().text("general.architecture", "clip"), "clip.context_length: it is not there"),
        (hybrid().i32s("h.attention.head_count_kv", &[1, 2]), "nor one for each of 3 layers"),
        (hybrid().i32s("h.attention.head_count_kv", &[1, -2, 1]), "it is not one number of heads"),
    ] {
        let error = info(&writer).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn what_is_no_whole_gguf_file_is_told() {
    let whole = tiny().bytes();
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let huge = u64::MAX.to_le_bytes();
    let nested = [9_u32.to_le_bytes().as_slice(), &1_u64.to_le_bytes(), &[0; 12]].concat();
    let long = [4_u32.to_le_bytes().as_slice(), &(1_u64 << 60).to_le_bytes()].concat();
    for (bytes, message) in [
        (Vec::new(), "this is no GGUF file"),
        (b"PK\x03\x04 a zip file".to_vec(), "this is no GGUF file"),
        (with(4, &3_u32.to_be_bytes()), "the other byte order (big-endian)"),
        (with(4, &1_u32.to_le_bytes()), "of version 1, and only 2 and 3 can be read"),
        (with(8, &huge), "byte 8: it is said to have 18446744073709551615 tensors, and at most 262144"),
        (with(8, &200_000_u64.to_le_bytes()), "the file ends within its 200000 tensors"),
        (with(16, &huge), "byte 16: it is said to have 18446744073709551615 metadata fields"),
        (with(24, &huge), "byte 32: the file ends within the name of a metadata field"),
        (whole[..whole.len() - 1].to_vec(), "its tensor output_norm.weight ends at "),
        (whole[..100].to_vec(), "the file ends within"),
        (Writer::default().raw("k", 13, &[0; 64]).bytes(), "metadata k is of type 13"),
        (Writer::default().raw("k", 7, &[2]).bytes(), "byte 37: metadata k is 2, neither true nor false"),
        (Writer::default().raw("k", 9, &nested).bytes(), "metadata k is an array of arrays"),
        (Writer::default().raw("k", 9, &long).bytes(), "is said to have 1152921504606846976 elements"),
        (Writer::default().u32("k", 1).u32("k", 2).bytes(), "metadata k is there twice"),
        (Writer::default().u32("general.alignment", 0).bytes(), "it is no alignment"),
        (
            tiny().tensor("x", &[32], 4, Vec::new()).bytes(),
            "tensor x is of type 4, which this version does not know",
        ),
        (
            tiny().tensor("x", &[33], 2, Vec::new()).bytes(),
            "tensor x has rows that are no whole blocks of Q4_0",
        ),
        (tiny().tensor("x", &[1; 5], 0, Vec::new()).bytes(), "tensor x has 5 dimensions"),
        (tiny().tensor("x", &[1 << 40; 2], 0, Vec::new()).bytes(), "more elements than can be counted"),
        (tiny().tensor("x", &[1 << 62], 0, Vec::new()).bytes(), "more bytes than can be counted"),
        (
            tiny().tensor("output_norm.weight", &[1], 0, vec![0; 4]).bytes(),
            "output_norm.weight is there twice",
        ),
    ] {
        let error = open(&bytes).expect_err(message);
        assert!(error.contains(message), "{error}\nlacks {message}");
    }
    let error = open(&whole[..whole.len() - 300]).unwrap_err();
    assert!(error.ends_with("are missing. Download it again"), "{error}");
}

#[test]
fn parts_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = |number: u32| folder.path().join(format!("big-q8-{number:05}-of-00003.gguf"));
    let part = |writer: Writer, number: u32| {
        let writer = writer.raw("split.no", 2, &(number as u16 - 1).to_le_bytes());
        fs::write(path(number), writer.raw("split.count", 2, &3_u16.to_le_bytes()).bytes()).unwrap();
    };
    part(tiny(), 1);
    let tensor = |name: &str| Writer::default().tensor(name, &[64], 0, vec![0; 256]);
    part(tensor("second"), 2);
    let error = Gguf::open(&path(2)).unwrap_err().to_string();
    assert!(error.contains("this is part 2 of 3, and big-q8-00003-of-00003.gguf is missing"), "{error}");
    part(tensor("third"), 3);
    for number in [1, 3] {
        let gguf = Gguf::open(&path(number)).unwrap();
        assert_eq!(gguf.files, [path(1), path(2), path(3)]);
        assert_eq!(gguf.tensors.iter().map(|tensor| tensor.file).collect::<Vec<_>>(), [0, 0, 1, 2]);
        assert_eq!(gguf.info().unwrap().parameters, 64 * 7 + 2 * 64);
    }
    let renamed = folder.path().join("one.gguf");
    fs::copy(path(1), &renamed).unwrap();
    let error = Gguf::open(&renamed).unwrap_err().to_string();
    assert!(error.contains("this is one of 3 parts") && error.contains("-00001-of-00003.gguf"), "{error}");
    for name in
        ["x-00001-of-00000.gguf", "x-0001-of-0002.gguf", "x-00004-of-00003.gguf", "x-+0001-of-00002.gguf"]
    {
        assert_eq!(split_files(Path::new(name)), None, "{name}");
    }
}

#[test]
fn folders_are_refused_with_what_works() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| Gguf::open(path).unwrap_err().fault.to_string();
    assert_eq!(error(folder.path()), "this is a folder; name a file in it that ends in .gguf");
    fs::write(folder.path().join("config.json"), "{}").unwrap();
    let weights = folder.path().join("model-00001-of-00002.safetensors");
    fs::write(&weights, "").unwrap();
    for path in [folder.path(), &weights] {
        let error = error(path);
        assert!(error.starts_with("these are safetensors"), "{error}");
        assert!(
            error.contains("name a GGUF file")
                && error.ends_with(&format!("vllm:{}", folder.path().display()))
        );
    }
    fs::write(folder.path().join("m.gguf"), "").unwrap();
    assert_eq!(error(folder.path()), "this is a folder; name a file in it that ends in .gguf (m.gguf)");
    let error = error(&folder.path().join("none.gguf"));
    assert!(error.starts_with("can not read it: "), "{error}");
}

#[test]
fn digests_are_kept_until_the_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    fs::write(&path, tiny().bytes()).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let set_time = |time| fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    set_time(old);
    let gguf = Gguf::open(&path).unwrap();
    let digests = Digests::new(&folder.path().join("cache"));
    let of = || {
        let mut read = 0;
        let digest = digests.of(&gguf, &mut |bytes| read = bytes).unwrap();
        (digest, read)
    };
    let (first, read) = of();
    assert_eq!(read, gguf.file_bytes);
    assert_eq!(first, crate::package::Sha256::of_file(&path).unwrap());
    assert_eq!(of(), (first, 0));
    // Of the same length, at another time.
    let mut bytes = tiny().bytes();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let (second, read) = of();
    assert!(second != first && read == gguf.file_bytes);
    assert_eq!(
        of().1,
        gguf.file_bytes,
        "a file that has just changed may change again within its time stamp"
    );
    set_time(old);
    assert_eq!(of(), (first, 0), "this is why: length and time are the same");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_change_is_an_error_or_another_model(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = tiny().bytes();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(gguf) = open(&bytes) {
            prop_assert!(gguf.tensors.iter().all(|tensor| tensor.offset + tensor.bytes <= gguf.file_bytes));
            let _ = gguf.info();
        }
    }

    #[test]
    fn a_cut_file_is_an_error(length in any::<prop::sample::Index>()) {
        let bytes = tiny().bytes();
        prop_assert!(open(&bytes[..length.index(bytes.len())]).is_err());
    }

    #[test]
    fn fields_come_back(
        integer in any::<u32>(), text in ".{0,40}", flag in any::<bool>(), number in any::<f32>(),
        wide in any::<i64>(), integers in prop::collection::vec(any::<i32>(), 0..20),
    ) {
        let writer = Writer::default()
            .u32("a", integer)
            .text("b", &text)
            .raw("c", 7, &[u8::from(flag)])
            .raw("d", 6, &number.to_le_bytes())
            .raw("e", 11, &wide.to_le_bytes())
            .i32s("f", &integers)
            .aligned(64)
            .tensor("t", &[3], 24, vec![1, 2, 3])
            .tensor("u", &[1], 24, vec![4]);
        let bytes = writer.bytes();
        let gguf = open(&bytes).map_err(TestCaseError::fail)?;
        prop_assert_eq!(gguf.integer("a"), Some(i128::from(integer)));
        prop_assert_eq!(gguf.text("b"), Some(text.as_str()));
        prop_assert_eq!(gguf.boolean("c"), Some(flag));
        match gguf.metadata["d"] {
            MetadataValue::Number(found) => prop_assert_eq!(found.to_bits(), f64::from(number).to_bits()),
            ref other => prop_assert!(false, "{:?}", other),
        }
        prop_assert_eq!(gguf.integer("e"), Some(i128::from(wide)));
        let expected = integers.iter().map(|integer| i128::from(*integer)).collect();
        let length = integers.len() as u64;
        prop_assert_eq!(&gguf.metadata["f"], &MetadataValue::Array { length, integers: Some(expected) });
        let starts: Vec<usize> = gguf.tensors.iter().map(|tensor| tensor.offset as usize).collect();
        prop_assert!(starts.iter().all(|start| start % 64 == 0));
        prop_assert_eq!((&bytes[starts[0]..starts[0] + 3], bytes[starts[1]]), (&[1, 2, 3][..], 4));
    }
}

#[test]
fn texts_that_are_not_utf_8_are_shown_as_well_as_can_be() {
    let writer = Writer::default().raw("k", 8, &string(b"caf\xe9"));
    assert_eq!(open(&writer.bytes()).unwrap().text("k"), Some("caf\u{fffd}"));
}
