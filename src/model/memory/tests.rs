use std::fs;

use super::super::gguf::write::Writer;
use super::*;

const LOAD: Load =
    Load { slots: 16, holders: 1, context: 1024, batch: 512, flash_attention: false, gpu_layers: None };

const GIB: u64 = 1 << 30;

/// A model with the sizes of SmolLM2 135M.
fn sizes() -> Sizes {
    Sizes {
        layers: vec![2_216_448; 30],
        output: 2304,
        is_tied: true,
        input: 30_081_024,
        kv_bytes_per_token: vec![3 * 128 * 2; 30],
        vocabulary: 49_152,
        embedding: 576,
        feed_forward: 1536,
        heads: 9,
    }
}

#[test]
fn needs_are_those_that_the_engine_says() {
    const MIB: f64 = (1 << 20) as f64;
    // Sequences, context, batch, flash attention; then the engine's KV cache and compute buffer in MiB.
    for (sequences, context, batch, flash_attention, kv_cache, compute) in [
        (17, 512, 512, false, 191.25, 98.28),
        (17, 1024, 512, true, 382.5, 98.28),
        (17, 1024, 128, false, 382.5, 24.58),
        (2, 8192, 512, true, 360.0, 98.25),
        (2, 8192, 512, false, 360.0, 166.38),
        (5, 300, 512, false, 56.25, 98.26),
    ] {
        let load = Load { slots: sequences - 1, context, batch, flash_attention, ..LOAD };
        let needs = sizes().needs(&load, false);
        assert_eq!(needs.host.kv_cache as f64 / MIB, kv_cache);
        let ratio = needs.host.compute as f64 / MIB / compute;
        assert!((1.0..1.06).contains(&ratio), "{load:?}: {ratio}");
        assert_eq!(needs.device, Need::default());
    }
    let needs = sizes().needs(&LOAD, false);
    assert_eq!(needs.host.weights, 96_576_768, "as all tensors of the file together");
    // The process that had loaded it and decoded had 524,504 KiB resident: not all of the buffers was touched.
    let total = needs.host.total();
    assert!((524_504 * 1024..660 << 20).contains(&total), "{total}");
}

#[test]
fn layers_are_where_the_engine_puts_them() {
    let needs = |gpu_layers, gpu| sizes().needs(&Load { gpu_layers, ..LOAD }, gpu);
    let (cpu, all) = (needs(None, false), needs(None, true));
    assert_eq!(all.device.kv_cache, cpu.host.kv_cache);
    assert_eq!(all.host.kv_cache, 0);
    assert_eq!(all.device.weights, cpu.host.weights, "the output has a copy of the input's");
    assert_eq!(all.host.weights, 30_081_024);
    assert_eq!(needs(Some(31), true), all);
    assert_eq!(needs(Some(99), true), all);
    assert_eq!(needs(Some(0), true), cpu);
    assert_eq!(needs(Some(5), false), cpu);
    // The output and ten layers.
    let some = needs(Some(11), true);
    assert_eq!(some.device.weights, 2304 + 30_081_024 + 10 * 2_216_448);
    assert_eq!(some.device.kv_cache * 2, some.host.kv_cache);
}

#[test]
fn sizes_come_from_the_file() {
    let writer = Writer::model("llama")
        .u32("llama.feed_forward_length", 128)
        .texts("tokenizer.ggml.tokens", &["a", "b", "c"])
        .tensor("token_embd.weight", &[64, 3], 0, vec![0; 768])
        .tensor("blk.0.attn_q.weight", &[64], 0, vec![0; 256])
        .tensor("blk.1.attn_q.weight", &[64, 2], 0, vec![0; 512])
        .tensor("blk.7.attn_q.weight", &[8], 0, vec![0; 32])
        .tensor("output_norm.weight", &[64], 0, vec![0; 256]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    let read = |writer: &Writer| {
        fs::write(&path, writer.bytes()).unwrap();
        Sizes::of(&Gguf::open(&path).unwrap()).unwrap()
    };
    let tied = read(&writer);
    // A layer beyond those that the model declares counts as output.
    assert_eq!((tied.layers.as_slice(), tied.output, tied.input), ([256, 512].as_slice(), 288, 768));
    assert_eq!((tied.kv_bytes_per_token.as_slice(), tied.vocabulary), ([128, 128].as_slice(), 3));
    assert!(tied.is_tied && tied.gpu_layers() == 3 && tied.feed_forward == 128);
    let own = read(&writer.tensor("output.weight", &[64, 3], 0, vec![0; 768]));
    assert_eq!((own.is_tied, own.output), (false, 288 + 768));
}

#[test]
fn what_does_not_fit_is_told_with_what_would() {
    let needed = sizes().needs(&LOAD, false).host.total();
    assert!(check("m.gguf", &sizes(), &LOAD, needed, None).is_ok());
    let error = check("m.gguf", &sizes(), &LOAD, needed - 1, None).unwrap_err();
    let fits = |load: Load| sizes().needs(&load, false).host.total() < needed;
    assert_eq!((error.slots_that_fit, error.context_that_fits), (Some(15), Some(768)));
    assert!(fits(Load { slots: 15, ..LOAD }) && fits(Load { context: 768, ..LOAD }));
    assert_eq!(
        check("m.gguf", &sizes(), &LOAD, 320 << 20, None).unwrap_err().to_string(),
        "m.gguf needs 653.8 MiB in the machine's memory with 16 slots of 1024 tokens, and 320.0 MiB are free: 333.8 MiB \
         are missing. 1 slot of 1024 tokens would fit",
    );
    assert_eq!(
        check("m.gguf", &sizes(), &LOAD, 100 << 20, None).unwrap_err().to_string(),
        "m.gguf needs 653.8 MiB in the machine's memory with 16 slots of 1024 tokens, and 100.0 MiB are free: 553.8 MiB \
         are missing. Not even one slot of 256 tokens would fit; take a smaller model, or one that is quantised more",
    );
    let error = check("m.gguf", &sizes(), &LOAD, GIB, Some(300 << 20)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("in the GPU's memory") && text.contains("; or with --gpu-layers "), "{text}");
    let layers = error.gpu_layers_that_fit.unwrap();
    let on_gpu = |layers| sizes().needs(&Load { gpu_layers: Some(layers), ..LOAD }, true).device.total();
    assert!(on_gpu(layers) <= 300 << 20 && on_gpu(layers + 1) > 300 << 20);
}

#[test]
fn nothing_overflows() {
    let huge = Sizes {
        layers: vec![u64::MAX / 2; 4],
        output: u64::MAX,
        is_tied: true,
        input: u64::MAX,
        kv_bytes_per_token: vec![u64::MAX; 4],
        vocabulary: u64::MAX,
        embedding: u64::MAX,
        feed_forward: u64::MAX,
        heads: u64::MAX,
    };
    let load = Load { slots: u32::MAX, holders: u32::MAX, context: u32::MAX, batch: u32::MAX, ..LOAD };
    let error = check("m", &huge, &load, GIB, Some(GIB)).unwrap_err();
    assert_eq!(error.needed, u64::MAX);
}
