//! Whether a model fits, and what would fit if it does not.

use thiserror::Error;

use super::{Load, Needs, Sizes};
use crate::model::engine::CONTEXT_STEP;
use crate::shown::{bytes, shown};

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
    let steps = load.context.saturating_sub(1) / CONTEXT_STEP;
    let context_that_fits =
        greatest(1, steps, |steps| fits(&Load { context: steps * CONTEXT_STEP, ..*load }));
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
        context_that_fits: context_that_fits.map(|steps| steps * CONTEXT_STEP),
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
