//! Files of models: what a file says of itself is read or refused, and for whatever is read, the model's size, its chat
//! template and a copy with other weights can be asked for.

#![no_main]

use jiff::civil::date;
use karat::model::chat::{ChatMessage, ChatOptions, ChatTemplate};
use karat::model::gguf::{Gguf, q8_0_of_q4_1};
use karat::model::memory::{Load, Sizes};
use libfuzzer_sys::fuzz_target;

/// Tensors may lie over one another, so that a copy can be as much longer than its file as there are tensors.
const MOST_COPIED: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let [from, to] = ["model.gguf", "copy.gguf"].map(|name| folder.path().join(name));
    std::fs::write(&from, bytes).expect("files can be written");
    let Ok(gguf) = Gguf::open(&from) else { return };
    let _ = gguf.info();
    if let Ok(sizes) = Sizes::of(&gguf) {
        let load = Load {
            slots: 16,
            holders: 1,
            context: 1 << 20,
            batch: 512,
            flash_attention: true,
            gpu_layers: None,
        };
        for gpu in [false, true] {
            let _ = sizes.needs(&load, gpu).host.total();
        }
    }
    if let Ok(template) = ChatTemplate::of(&gguf) {
        let options = ChatOptions { date: date(2024, 7, 26), variables: serde_json::Map::new() };
        let messages =
            [("system", "Answer."), ("user", "What?")].map(|(role, content)| ChatMessage { role, content });
        let _ = template.render(&messages, &options);
    }
    if gguf.weight_bytes() <= MOST_COPIED {
        q8_0_of_q4_1(&from, &to).expect("what can be read can be copied");
        let copy = Gguf::open(&to).expect("a copy is a model's file, too");
        assert_eq!(copy.tensors.len(), gguf.tensors.len());
        assert!(
            copy.tensors
                .iter()
                .zip(&gguf.tensors)
                .all(|(copy, of)| (&copy.name, &copy.shape) == (&of.name, &of.shape))
        );
    }
});
