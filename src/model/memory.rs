//! How much memory a model takes, computed before it is loaded: if that is too much, it is refused with what would fit,
//! since otherwise the engine aborts, or the kernel ends the process.
//!
//! Weights are as large as their tensors. The KV cache is two bytes (f16) for each number of a key or value, for each
//! layer and token; the engine rounds the tokens of a sequence up to a multiple of 256. Both were equal to what llama.cpp
//! 0.5.0 said it allocates. Compute buffers hold the logits of a batch, or without flash attention its scores; the bound
//! here was 0 to 6 % above what it said for the default model with batches of 128 and 512 tokens and contexts of 512 to
//! 8,192. For mixtures of experts and hybrid architectures it is an estimate.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::gguf::{Gguf, GgufError, Info};
use crate::shown::{bytes, shown};

/// The engine allocates the tokens of a sequence in multiples of this.
const CONTEXT_STEP: u64 = 256;

/// What the process takes besides: code, vocabulary, graphs.
const BASE_BYTES: u64 = 32 << 20;

/// What the process takes for each token of the vocabulary.
const BYTES_PER_TOKEN: u64 = 400;

/// How a model is to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many sequences are decoded together.
    pub slots: u32,
    /// Further sequences that the engine needs, of the same length: those that hold prompts.
    pub holders: u32,
    /// Tokens of prompt and completion in each sequence.
    pub context: u32,
    /// How many tokens are computed at once when a prompt is read.
    pub batch: u32,
    /// Whether attention is computed without keeping its scores.
    pub flash_attention: bool,
    /// How many layers are on the GPU, the output counted as one; `None` for all of them.
    pub gpu_layers: Option<u32>,
}

/// What a model takes of one memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// The weights.
    pub weights: u64,
    /// Keys and values of all sequences.
    pub kv_cache: u64,
    /// Intermediate results.
    pub compute: u64,
    /// Everything else.
    pub other: u64,
}

impl Need {
    /// The sum.
    pub fn total(self) -> u64 {
        [self.weights, self.kv_cache, self.compute, self.other].into_iter().fold(0, u64::saturating_add)
    }
}

/// What a model takes of the machine's memory, and of the GPU's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// In the machine's.
    pub host: Need,
    /// In the GPU's.
    pub device: Need,
}

/// The sizes that decide how much memory a model takes.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Weights of each layer.
    layers: Vec<u64>,
    /// Weights of the output, which goes where the last layers go.
    output: u64,
    /// Whether the output uses the weights of the input; a GPU has a copy of them.
    is_tied: bool,
    /// Weights that stay in the machine's memory: the embedding of the input.
    input: u64,
    /// Bytes of keys and values for each layer and token.
    kv_bytes_per_token: Vec<u64>,
    vocabulary: u64,
    embedding: u64,
    feed_forward: u64,
    heads: u64,
}

impl Sizes {
    /// The sizes of a file's model.
    ///
    /// # Errors
    ///
    /// When the file does not say what the model is.
    pub fn of(gguf: &Gguf) -> Result<Sizes, GgufError> {
        let info = gguf.info()?;
        let layer_count = usize::try_from(info.layers).unwrap_or(usize::MAX);
        let mut sizes = Sizes {
            layers: vec![0; layer_count],
            output: 0,
            is_tied: !gguf.tensors.iter().any(|tensor| tensor.name == "output.weight"),
            input: 0,
            kv_bytes_per_token: Vec::new(),
            vocabulary: info.vocabulary,
            embedding: info.embedding_length,
            feed_forward: feed_forward(gguf, &info),
            heads: info.heads,
        };
        for tensor in &gguf.tensors {
            let layer: Option<usize> =
                tensor.name.strip_prefix("blk.").and_then(|rest| rest.split('.').next()?.parse().ok());
            let place = match layer {
                Some(layer) if layer < layer_count => &mut sizes.layers[layer],
                _ if tensor.name.starts_with("token_embd") => &mut sizes.input,
                _ => &mut sizes.output,
            };
            *place = place.saturating_add(tensor.bytes);
        }
        let head = info.key_length.saturating_add(info.value_length);
        let per_token = |layer: usize| {
            let heads = info.kv_heads.get(layer).copied().unwrap_or(0);
            heads.saturating_mul(head).saturating_mul(2)
        };
        sizes.kv_bytes_per_token = (0..layer_count).map(per_token).collect();
        Ok(sizes)
    }

    /// How many layers can be put on a GPU; the output counts as one.
    pub fn gpu_layers(&self) -> u32 {
        u32::try_from(self.layers.len() + 1).unwrap_or(u32::MAX)
    }

    /// What the model takes. `gpu` is whether there is a GPU that holds layers of it.
    pub fn needs(&self, load: &Load, gpu: bool) -> Needs {
        let total = self.layers.len() + 1;
        let on_gpu = match load.gpu_layers {
            _ if !gpu => 0,
            None => total,
            Some(layers) => total.min(layers as usize),
        };
        // The engine puts the last layers on the GPU, the output first.
        let first_on_gpu = total - on_gpu;
        let sequences = u64::from(load.slots.saturating_add(load.holders));
        let context = u64::from(load.context).next_multiple_of(CONTEXT_STEP);
        let tokens = sequences.saturating_mul(context);
        let mut needs = Needs::default();
        for (layer, (weights, per_token)) in self.layers.iter().zip(&self.kv_bytes_per_token).enumerate() {
            let need = if layer >= first_on_gpu { &mut needs.device } else { &mut needs.host };
            need.weights = need.weights.saturating_add(*weights);
            need.kv_cache = need.kv_cache.saturating_add(per_token.saturating_mul(tokens));
        }
        needs.host.weights = needs.host.weights.saturating_add(self.input);
        let copy = if self.is_tied && on_gpu > 0 { self.input } else { 0 };
        let output = if on_gpu > 0 { &mut needs.device } else { &mut needs.host };
        output.weights = output.weights.saturating_add(self.output).saturating_add(copy);
        let compute = self.compute(load, context);
        if on_gpu > 0 {
            needs.device.compute = compute;
            // The CPU looks up the input, and computes what its layers make, which takes no less.
            let input = u64::from(load.batch).saturating_mul(self.embedding).saturating_mul(8);
            needs.host.compute = if first_on_gpu > 0 { compute } else { input };
        } else {
            needs.host.compute = compute;
            // A sequence is copied through our own memory.
            let per_token =
                self.kv_bytes_per_token.iter().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
            needs.host.other = per_token.saturating_mul(context);
        }
        let logits = sequences.saturating_mul(self.vocabulary).saturating_mul(4);
        let vocabulary = self.vocabulary.saturating_mul(BYTES_PER_TOKEN);
        for bytes in [logits, BASE_BYTES, vocabulary] {
            needs.host.other = needs.host.other.saturating_add(bytes);
        }
        needs
    }

    /// An upper bound on the intermediate results of a batch: 32-bit numbers, the largest being its logits, its scores
    /// and the results of feed-forward layers.
    fn compute(&self, load: &Load, context: u64) -> u64 {
        let widest = if load.flash_attention {
            self.vocabulary.max(context)
        } else {
            // The scores of all heads, and the mask.
            self.vocabulary.max(self.heads.saturating_add(1).saturating_mul(context))
        };
        let widest = widest.max(self.feed_forward.saturating_mul(3));
        let numbers = widest.saturating_add(self.embedding.saturating_mul(6));
        let batch = u64::from(load.batch.max(load.slots));
        numbers.saturating_mul(batch).saturating_mul(4)
    }
}

fn feed_forward(gguf: &Gguf, info: &Info) -> u64 {
    let key = format!("{}.feed_forward_length", info.architecture);
    gguf.integer(&key)
        .and_then(|length| u64::try_from(length).ok())
        .filter(|length| *length < 1 << 30)
        .unwrap_or(0)
}

/// A model that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{} needs {} {place} with {} of {} tokens, and {} are free: {} are missing. {}", shown(model), bytes(*needed),
    slots_text(*slots), context, bytes(*free), bytes(needed - free), self.advice()
)]
pub struct DoesNotFit {
    /// The model.
    pub model: String,
    /// The memory that it should be in, such as `in the machine's memory`.
    pub place: String,
    /// How many bytes it needs there.
    pub needed: u64,
    /// How many bytes are free.
    pub free: u64,
    /// How many slots were asked for.
    pub slots: u32,
    /// How many tokens each was to have.
    pub context: u32,
    /// How many slots with these tokens would fit.
    pub slots_that_fit: Option<u32>,
    /// How many tokens would fit in each of these slots.
    pub context_that_fits: Option<u32>,
    /// How many layers of it would fit on the GPU, if the GPU is too small.
    pub gpu_layers_that_fit: Option<u32>,
}

fn slots_text(slots: u32) -> String {
    format!("{slots} slot{}", if slots == 1 { "" } else { "s" })
}

impl DoesNotFit {
    fn advice(&self) -> String {
        let mut ways = Vec::new();
        if let Some(slots) = self.slots_that_fit {
            ways.push(format!("{} of {} tokens would fit", slots_text(slots), self.context));
        }
        if let Some(context) = self.context_that_fits {
            ways.push(format!("{} of {context} tokens would fit", slots_text(self.slots)));
        }
        if let Some(layers) = self.gpu_layers_that_fit {
            ways.push(format!("with --gpu-layers {layers} the rest would be on the CPU"));
        }
        if ways.is_empty() {
            return "Not even one slot of 256 tokens would fit; take a smaller model, or one that is quantised more"
                .to_owned();
        }
        let mut advice = ways.join("; or ");
        if let Some(first) = advice.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        advice
    }
}

/// Checks that a model fits. `host` and `device` are the free bytes of the machine, and of the GPU if there is one.
///
/// # Errors
///
/// [`DoesNotFit`], which says how much is missing and what would fit.
pub fn check(
    model: &str,
    sizes: &Sizes,
    load: &Load,
    host: u64,
    device: Option<u64>,
) -> Result<Needs, Box<DoesNotFit>> {
    let needs_of = |load: &Load| sizes.needs(load, device.is_some());
    let fits = |load: &Load| {
        let needs = needs_of(load);
        needs.host.total() <= host && device.is_none_or(|device| needs.device.total() <= device)
    };
    let needs = needs_of(load);
    if fits(load) {
        return Ok(needs);
    }
    let too_small_gpu = device.filter(|device| needs.device.total() > *device);
    let (place, needed, free) = match too_small_gpu {
        Some(device) => ("in the GPU's memory", needs.device.total(), device),
        None => ("in the machine's memory", needs.host.total(), host),
    };
    let slots_that_fit = greatest(1, load.slots.saturating_sub(1), |slots| fits(&Load { slots, ..*load }));
    let steps = load.context.saturating_sub(1) / CONTEXT_STEP as u32;
    let context_that_fits =
        greatest(1, steps, |steps| fits(&Load { context: steps * CONTEXT_STEP as u32, ..*load }));
    let all = load.gpu_layers.unwrap_or(u32::MAX).min(sizes.gpu_layers());
    let gpu_layers_that_fit = too_small_gpu.and_then(|_| {
        greatest(1, all.saturating_sub(1), |layers| fits(&Load { gpu_layers: Some(layers), ..*load }))
    });
    Err(Box::new(DoesNotFit {
        model: model.to_owned(),
        place: place.to_owned(),
        needed,
        free,
        slots: load.slots,
        context: load.context,
        slots_that_fit,
        context_that_fits: context_that_fits.map(|steps| steps * CONTEXT_STEP as u32),
        gpu_layers_that_fit,
    }))
}

/// The greatest number from `least` to `most` that fits, given that all smaller ones fit, too.
fn greatest(least: u32, most: u32, fits: impl Fn(u32) -> bool) -> Option<u32> {
    if least > most || !fits(least) {
        return None;
    }
    let (mut good, mut bad) = (least, most.saturating_add(1));
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if fits(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Some(good)
}

/// The bytes of memory that this process may still use: what the machine has available, or what its control groups
/// leave it, if that is less. `None` where the system does not tell.
pub fn free_memory() -> Option<u64> {
    free_memory_below(Path::new("/"))
}

fn free_memory_below(root: &Path) -> Option<u64> {
    let read = |path: &Path| fs::read_to_string(root.join(path.strip_prefix("/").unwrap_or(path))).ok();
    let meminfo = read(Path::new("/proc/meminfo"));
    let available = meminfo.as_deref().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let left = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        if number == "0" && controllers.is_empty() {
            let files = ["memory.max", "memory.current", "inactive_file"];
            left_in_groups(&read, Path::new("/sys/fs/cgroup"), path, files)
        } else if controllers.split(',').any(|controller| controller == "memory") {
            let files = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"];
            left_in_groups(&read, Path::new("/sys/fs/cgroup/memory"), path, files)
        } else {
            None
        }
    });
    available.into_iter().chain(left).min()
}

/// The least that a group or one of its parents leaves. The usage there includes files that can be dropped;
/// `memory.stat` tells how much they are.
fn left_in_groups(
    read: &impl Fn(&Path) -> Option<String>,
    mount: &Path,
    path: &str,
    [limit, usage, droppable]: [&str; 3],
) -> Option<u64> {
    let left = |group: PathBuf| {
        let number = |name: &str| read(&group.join(name))?.trim().parse::<u64>().ok();
        let limit = number(limit)?; // `max` is no number
        let stat = read(&group.join("memory.stat")).unwrap_or_default();
        let dropped = stat.lines().find_map(|line| line.strip_prefix(droppable)?.trim().parse::<u64>().ok());
        Some(limit.saturating_sub(number(usage)?.saturating_sub(dropped.unwrap_or(0))))
    };
    // In a container, the path may be that of outside: then only the mount itself is there.
    Path::new(path.trim_start_matches('/')).ancestors().filter_map(|path| left(mount.join(path))).min()
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn the_narrowest_limit_decides_what_is_free() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, content: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        let free = || free_memory_below(root.path());
        assert_eq!(free(), None);
        write("proc/meminfo", "MemTotal:       8 kB\nMemAvailable:    4000 kB\n");
        assert_eq!(free(), Some(4_096_000));
        write("proc/self/cgroup", "0::/slice/job\n");
        assert_eq!(free(), Some(4_096_000));
        write("sys/fs/cgroup/slice/memory.max", "3000000\n");
        write("sys/fs/cgroup/slice/memory.current", "1000000\n");
        write("sys/fs/cgroup/slice/job/memory.max", "max\n");
        write("sys/fs/cgroup/slice/job/memory.current", "1000\n");
        assert_eq!(free(), Some(2_000_000));
        write("sys/fs/cgroup/slice/memory.stat", "anon 5\ninactive_file 400000\n");
        assert_eq!(free(), Some(2_400_000));
        // In a container, the group of outside does not exist, and its limit is at the mount.
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "400000\n");
        write("proc/self/cgroup", "5:cpu,memory:/docker/abc\n1:name=systemd:/docker/abc\n");
        assert_eq!(free(), Some(600_000));
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "2000000\n");
        assert_eq!(free(), Some(0));
        #[cfg(target_os = "linux")]
        assert!(free_memory().is_some_and(|free| free > 1 << 20));
    }
}
