//! Where a model runs, and how much of it at once: decided before anything is loaded.

use std::path::Path;

use super::device::{Backend, CpuCode, DeviceInfo, DeviceName, DeviceReport};
use super::engine::{EngineConfig, MOST_SLOTS};
use super::gguf::Gguf;
use super::memory::{self, DoesNotFit, Load, Sizes};

/// How many completions are computed at once by default. More are hardly faster on a processor, and each takes memory
/// for its context.
const SLOTS_OF_CPU: u32 = 16;

/// The same for a GPU, which reads all weights once to compute a token of every slot.
const SLOTS_OF_GPU: u32 = 64;

/// Which devices are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DeviceWish {
    /// The best that works.
    #[default]
    Auto,
    /// These, each with a copy of the model. Never empty.
    These(Vec<DeviceName>),
}

impl DeviceWish {
    /// The kinds that have to be looked for.
    pub fn backends(&self) -> Vec<Backend> {
        match self {
            DeviceWish::Auto => Backend::ALL.into(),
            DeviceWish::These(names) => {
                let named = |backend: &Backend| names.iter().any(|name| name.backend() == *backend);
                Backend::ALL.into_iter().filter(named).collect()
            }
        }
    }
}

/// What the user asks for; the rest is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The devices.
    pub devices: DeviceWish,
    /// How many processes compute on the processor.
    pub processes: Option<u32>,
    /// How many completions each process computes at once.
    pub slots: Option<u32>,
    /// How many tokens a prompt and its completion may have together.
    pub context: Option<u32>,
    /// How many layers a GPU holds.
    pub gpu_layers: Option<u32>,
}

/// What the model will have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// How many completions are wanted.
    pub completions: u64,
    /// Tokens of the longest prompt and its completion together.
    pub longest: u32,
    /// How many tokens the model was made for; a longer context is of no use to it.
    pub trained_context: u32,
    /// Whether a lone sequence needs a companion on a processor; see [`needs_companion`].
    pub companion: bool,
    /// Whether the model keeps a state of a text rather than a cache of its tokens; see [`keeps_state`].
    pub state: bool,
}

/// The machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// How many processors may be used.
    pub cores: u32,
    /// Bytes of memory that are free, if that is known.
    pub memory: Option<u64>,
}

/// What is loaded where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One for each process.
    pub workers: Vec<EngineConfig>,
    /// What was chosen and why, a line each, for people.
    pub notes: Vec<String>,
}

/// Why there is no plan. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// What was asked for does not exist.
    #[error("there is no device {name}: {why}; `--device auto` takes one that works")]
    NoDevice {
        /// The device.
        name: DeviceName,
        /// Why not.
        why: String,
    },
    /// Nothing works.
    #[error("no device works ({0})")]
    Nothing(String),
    /// A setting is out of range.
    #[error("{option} {value}: give a number from 1 to {most}")]
    Range {
        /// The option.
        option: &'static str,
        /// What was given.
        value: u32,
        /// The most.
        most: u32,
    },
    /// The model is too large.
    #[error(transparent)]
    DoesNotFit(#[from] Box<DoesNotFit>),
}

/// The devices for a wish, and lines that say why others are not used.
///
/// # Errors
///
/// When a device that is asked for does not work, or no device does.
pub fn choose(
    wish: &DeviceWish,
    reports: &[DeviceReport],
) -> Result<(Vec<DeviceInfo>, Vec<String>), PlanError> {
    let of = |backend: Backend| reports.iter().find(|report| report.backend == backend);
    match wish {
        DeviceWish::These(names) => {
            let mut chosen: Vec<DeviceInfo> = Vec::new();
            for name in names {
                let report = of(name.backend());
                let working = report.map(DeviceReport::working).unwrap_or_default();
                let info = working
                    .iter()
                    .find(|info| info.name == *name)
                    .ok_or_else(|| PlanError::NoDevice { name: *name, why: why_not(*name, report) })?;
                if !chosen.contains(info) {
                    chosen.push(info.clone());
                }
            }
            Ok((chosen, Vec::new()))
        }
        DeviceWish::Auto => {
            let mut notes = Vec::new();
            for backend in Backend::ALL {
                let Some(report) = of(backend) else { continue };
                match &report.devices {
                    Err(why) => notes.push(format!("not {}: {why}", backend.name())),
                    Ok(devices) => {
                        // The one with the most free memory; of equal ones, the first.
                        let Some(best) = devices.iter().rev().max_by_key(|info| info.free) else { continue };
                        if devices.len() > 1 {
                            let names: Vec<String> =
                                devices.iter().map(|info| info.name.to_string()).collect();
                            notes.push(format!(
                                "one of {}; --device {} takes all",
                                names.len(),
                                names.join(",")
                            ));
                        }
                        notes.push(format!("taken: {} ({})", best.name, best.description));
                        return Ok((vec![best.clone()], notes));
                    }
                }
            }
            Err(PlanError::Nothing(notes.join("; ")))
        }
    }
}

fn why_not(name: DeviceName, report: Option<&DeviceReport>) -> String {
    match report.map(|report| &report.devices) {
        Some(Err(why)) => why.clone(),
        Some(Ok(devices)) => {
            format!("there are {} of that kind, counted from 0", devices.len())
                + if name.backend() == Backend::Cpu { "; processes share it: see --processes" } else { "" }
        }
        None => "it was not looked for".to_owned(),
    }
}

/// The processes for a model on these devices, after checking their memory: `model` is its name in messages.
/// # Errors
///
/// When a setting is out of range, or when the model does not fit. Whatever was not asked for is made smaller until it
/// does.
pub fn workers(
    wish: &Wish,
    devices: &[DeviceInfo],
    workload: Workload,
    machine: Machine,
    sizes: &Sizes,
    files: (&Path, &Path, &str),
) -> Result<Plan, PlanError> {
    let (library, path, model) = files;
    for (option, value, most) in [
        ("--slots", wish.slots, MOST_SLOTS),
        ("--processes", wish.processes, 1024),
        ("--context", wish.context, 1 << 22),
    ] {
        if let Some(value) = value.filter(|value| !(1..=most).contains(value)) {
            return Err(PlanError::Range { option, value, most });
        }
    }
    let context = wish.context.unwrap_or(workload.longest.min(workload.trained_context)).max(1);
    let mut plan = Plan { workers: Vec::new(), notes: unheeded(wish, devices) };
    if context > workload.trained_context {
        plan.notes.push(format!(
            "--context {context}: the model was made for {} tokens, and what it says beyond them may make no sense",
            workload.trained_context
        ));
    }
    for device in devices {
        let gpu = device.name != DeviceName::Cpu;
        let wanted = workload.completions.div_ceil(devices.len() as u64).max(1);
        let processes = if gpu { 1 } else { wish.processes.unwrap_or(machine.cores).max(1) };
        let usual = if gpu { SLOTS_OF_GPU } else { SLOTS_OF_CPU };
        let needed = u32::try_from(wanted.div_ceil(processes.into())).unwrap_or(u32::MAX);
        let mut slots = wish.slots.unwrap_or(usual.min(needed));
        let worker = |slots| EngineConfig {
            library: library.to_path_buf(),
            model: path.to_path_buf(),
            device: device.name,
            cpu: CpuCode::best(),
            gpu_layers: wish.gpu_layers.filter(|_| gpu),
            slots,
            context,
            flash_attention: FLASH_ATTENTION,
            companion: workload.companion && !gpu,
            holder: workload.state || gpu,
        };
        let load = |slots| load_of(&worker(slots));
        let check = |slots| {
            let Some(memory) = machine.memory else { return Ok(()) };
            let host = share(sizes, &load(slots), gpu, memory, processes);
            memory::check(model, sizes, &load(slots), host, gpu.then_some(device.free)).map(|_| ())
        };
        if let Err(error) = check(slots) {
            let fewer = error.slots_that_fit.filter(|fewer| wish.slots.is_none() && check(*fewer).is_ok());
            let Some(fewer) = fewer else { return Err(error.into()) };
            plan.notes.push(format!("{}: {fewer} slots instead of {slots}, which do not fit", device.name));
            slots = fewer;
        }
        // No more processes than there is work for.
        let processes = if gpu || wish.processes.is_some() {
            processes
        } else {
            processes.min(u32::try_from(wanted).unwrap_or(u32::MAX))
        };
        plan.workers.extend(std::iter::repeat_n(worker(slots), processes as usize));
    }
    Ok(plan)
}

/// Settings that have no effect on these devices: a line each.
fn unheeded(wish: &Wish, devices: &[DeviceInfo]) -> Vec<String> {
    let is_cpu = |device: &DeviceInfo| device.name == DeviceName::Cpu;
    let mut notes = Vec::new();
    if let Some(layers) = wish.gpu_layers.filter(|_| devices.iter().all(is_cpu)) {
        notes.push(format!("--gpu-layers {layers} changes nothing: no GPU is used"));
    }
    if let Some(processes) = wish.processes.filter(|_| !devices.iter().any(is_cpu)) {
        notes.push(format!("--processes {processes} changes nothing: each GPU has one"));
    }
    notes
}

/// Types of matrices that the engine multiplies by one column exactly as by several: those for which a sequence's
/// logits were the same to the bit, alone and beside others.
const SAME_ALONE: [&str; 9] = ["Q4_0", "Q4_1", "Q5_0", "Q8_0", "Q2_K", "Q4_K", "Q6_K", "IQ4_XS", "MXFP4"];

/// Whether the logits of a sequence that is decoded alone could differ from those of one beside others.
pub fn needs_companion(gguf: &Gguf) -> bool {
    let mut matrices = gguf.tensors.iter().filter(|tensor| tensor.shape.len() > 1);
    !matrices.all(|tensor| SAME_ALONE.contains(&tensor.kind.to_string().as_str()))
}

/// Whether a model keeps a state of a text, in some of its layers or in all, rather than a cache of its tokens.
pub fn keeps_state(gguf: &Gguf) -> bool {
    let Some(architecture) = gguf.text("general.architecture") else { return false };
    let of_states = |key: &String| {
        let field = key.strip_prefix(architecture).and_then(|rest| rest.strip_prefix('.'));
        field.is_some_and(|field| STATES.iter().any(|start| field.starts_with(start)))
    };
    gguf.metadata.keys().any(of_states)
}

/// How the fields of files begin that describe the states of layers: of Mamba and its kin, RWKV, LFM2 and Kimi.
const STATES: [&str; 4] = ["ssm.", "wkv.", "shortconv.", "kda."];

/// The memory that a process with this configuration takes.
fn load_of(config: &EngineConfig) -> Load {
    Load {
        slots: config.slots,
        holders: config.sequences() - config.slots,
        context: config.context,
        batch: config.batch(),
        flash_attention: config.flash_attention,
        gpu_layers: config.gpu_layers,
    }
}

/// Attention is computed the same way on all devices: it determines the bits of logits.
pub const FLASH_ATTENTION: bool = true;

/// The memory that one of several processes may take. They map the same file, so its weights are in memory once.
fn share(sizes: &Sizes, load: &Load, gpu: bool, free: u64, processes: u32) -> u64 {
    let weights = sizes.needs(load, gpu).host.weights;
    (free.saturating_sub(weights) / u64::from(processes.max(1))).saturating_add(weights.min(free))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gguf::write::Writer;

    fn sizes() -> Sizes {
        let file = tempfile::NamedTempFile::new().unwrap();
        let model = Writer::model("llama").tensor("token_embd.weight", &[64, 32], 0, vec![0; 64 * 32 * 4]);
        std::fs::write(file.path(), model.bytes()).unwrap();
        Sizes::of(&Gguf::open(file.path()).unwrap()).unwrap()
    }

    fn report(backend: Backend, devices: &[(DeviceName, u64)]) -> DeviceReport {
        let info = |(name, free): &(DeviceName, u64)| DeviceInfo {
            name: *name,
            description: "a device".to_owned(),
            free: *free,
            total: *free,
        };
        DeviceReport { backend, devices: Ok(devices.iter().map(info).collect()) }
    }

    fn broken(backend: Backend, why: &str) -> DeviceReport {
        DeviceReport { backend, devices: Err(why.to_owned()) }
    }

    fn names(devices: &[DeviceInfo]) -> Vec<String> {
        devices.iter().map(|info| info.name.to_string()).collect()
    }

    #[test]
    fn auto_takes_the_best_that_works_and_says_why_not_the_others() {
        let cpu = report(Backend::Cpu, &[(DeviceName::Cpu, 9)]);
        let all = [broken(Backend::Cuda, "no driver"), broken(Backend::Vulkan, "no loader"), cpu.clone()];
        let (devices, notes) = choose(&DeviceWish::Auto, &all).unwrap();
        assert_eq!(
            (names(&devices), notes),
            (
                vec!["cpu".to_owned()],
                ["not cuda: no driver", "not vulkan: no loader", "taken: cpu (a device)"]
                    .map(str::to_owned)
                    .into()
            )
        );
        let cuda = report(
            Backend::Cuda,
            &[(DeviceName::Cuda(0), 5), (DeviceName::Cuda(1), 7), (DeviceName::Cuda(2), 7)],
        );
        let (devices, notes) = choose(&DeviceWish::Auto, &[cuda.clone(), cpu.clone()]).unwrap();
        assert_eq!(names(&devices), ["cuda:1"]);
        assert_eq!(notes, ["one of 3; --device cuda:0,cuda:1,cuda:2 takes all", "taken: cuda:1 (a device)"]);
        let none = choose(&DeviceWish::Auto, &[broken(Backend::Cpu, "no AVX2")]).unwrap_err();
        assert_eq!(none.to_string(), "no device works (not cpu: no AVX2)");
        let named = DeviceWish::These(vec![DeviceName::Cuda(2), DeviceName::Cpu, DeviceName::Cuda(2)]);
        let (devices, notes) = choose(&named, &[cuda.clone(), cpu.clone()]).unwrap();
        assert_eq!((names(&devices), notes.len()), (vec!["cuda:2".to_owned(), "cpu".to_owned()], 0));
        let missing = choose(&DeviceWish::These(vec![DeviceName::Cuda(3)]), &[cuda, cpu]).unwrap_err();
        assert!(missing.to_string().contains("no device cuda:3: there are 3 of that kind"), "{missing}");
    }

    fn planned(wish: &Wish, workload: Workload, machine: Machine) -> Result<Plan, PlanError> {
        let sizes = sizes();
        let cpu = report(Backend::Cpu, &[(DeviceName::Cpu, 0)]);
        let files = (Path::new("lib"), Path::new("m.gguf"), "m");
        workers(wish, cpu.working(), workload, machine, &sizes, files)
    }

    const WORKLOAD: Workload =
        Workload { completions: 1000, longest: 700, trained_context: 8192, companion: true, state: false };
    const MACHINE: Machine = Machine { cores: 4, memory: Some(64 << 30) };

    #[test]
    fn there_are_no_more_slots_than_work() {
        let shape = |completions, wish: Wish| {
            let plan = planned(&wish, Workload { completions, ..WORKLOAD }, MACHINE).unwrap();
            assert!(plan.workers.iter().all(|worker| worker.context == 700));
            (plan.workers.len(), plan.workers[0].slots)
        };
        assert_eq!(shape(1000, Wish::default()), (4, 16));
        assert_eq!(shape(60, Wish::default()), (4, 15));
        assert_eq!(shape(2, Wish::default()), (2, 1));
        assert_eq!(shape(0, Wish::default()), (1, 1));
        assert_eq!(shape(2, Wish { processes: Some(3), slots: Some(5), ..Wish::default() }), (3, 5));
    }

    #[test]
    fn what_changes_nothing_is_told() {
        let notes = |wish: Wish| planned(&wish, WORKLOAD, MACHINE).unwrap().notes;
        assert!(notes(Wish { processes: Some(2), context: Some(8192), ..Wish::default() }).is_empty());
        assert_eq!(
            notes(Wish { gpu_layers: Some(5), ..Wish::default() }),
            ["--gpu-layers 5 changes nothing: no GPU is used"]
        );
        assert_eq!(
            notes(Wish { context: Some(8193), slots: Some(1), ..Wish::default() }),
            [
                "--context 8193: the model was made for 8192 tokens, and what it says beyond them may make no sense"
            ]
        );
        let gpu = report(Backend::Cuda, &[(DeviceName::Cuda(0), 9)]);
        assert_eq!(
            unheeded(&Wish { processes: Some(2), gpu_layers: Some(3), ..Wish::default() }, gpu.working()),
            ["--processes 2 changes nothing: each GPU has one"]
        );
    }

    #[test]
    fn a_context_is_no_longer_than_the_model_knows_unless_asked_for() {
        let context = |wish: Wish, longest| {
            planned(&wish, Workload { longest, ..WORKLOAD }, MACHINE).unwrap().workers[0].context
        };
        assert_eq!(context(Wish::default(), 9000), 8192);
        assert_eq!(context(Wish { context: Some(300), ..Wish::default() }, 9000), 300);
        for (option, wish) in [
            ("--context 0", Wish { context: Some(0), ..Wish::default() }),
            ("--slots 1000", Wish { slots: Some(1000), ..Wish::default() }),
            ("--processes 0", Wish { processes: Some(0), ..Wish::default() }),
        ] {
            let error = planned(&wish, WORKLOAD, MACHINE).unwrap_err().to_string();
            assert!(error.starts_with(option), "{error}");
        }
    }

    #[test]
    fn prompts_have_a_sequence_where_the_library_copies_them() {
        let sequences = |workload| {
            let wish = Wish { processes: Some(1), ..Wish::default() };
            planned(&wish, workload, MACHINE).unwrap().workers[0].sequences()
        };
        assert_eq!(sequences(WORKLOAD), 16);
        assert_eq!(sequences(Workload { completions: 1, ..WORKLOAD }), 2);
        assert_eq!(sequences(Workload { state: true, ..WORKLOAD }), 17);
        let keeps = |architecture: &str, key: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), Writer::model(architecture).u32(key, 4).bytes()).unwrap();
            keeps_state(&Gguf::open(file.path()).unwrap())
        };
        assert!(keeps("mamba2", "mamba2.ssm.state_size") && keeps("rwkv7", "rwkv7.wkv.head_size"));
        assert!(!keeps("llama", "llama.rope.scaling.factor") && !keeps("llama", "mamba.ssm.state_size"));
    }

    #[test]
    fn what_does_not_fit_is_made_smaller_or_refused() {
        let sizes = sizes();
        let one = |slots| {
            let holders = u32::from(slots == 1);
            let load = Load {
                slots,
                holders,
                context: 700,
                batch: 256,
                flash_attention: FLASH_ATTENTION,
                gpu_layers: None,
            };
            sizes.needs(&load, false).host.total()
        };
        let machine = Machine { cores: 1, memory: Some(one(7)) };
        let plan = planned(&Wish::default(), WORKLOAD, machine).unwrap();
        assert_eq!(plan.workers[0].slots, 7);
        assert_eq!(plan.notes, ["cpu: 7 slots instead of 16, which do not fit"]);
        let asked = planned(&Wish { slots: Some(16), ..Wish::default() }, WORKLOAD, machine).unwrap_err();
        assert!(asked.to_string().contains("7 slots of 700 tokens would fit"), "{asked}");
        let tiny = planned(&Wish::default(), WORKLOAD, Machine { memory: Some(1 << 20), ..machine });
        assert!(matches!(tiny, Err(PlanError::DoesNotFit(_))));
    }
}
