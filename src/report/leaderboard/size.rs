//! How large a model is, judging by its name.

use super::super::site::ModelSize;
use crate::record::ModelIdentity;

/// The size of a model; none where its name does not say it.
pub(super) fn size(model: &ModelIdentity) -> Option<ModelSize> {
    let (parameters, text) = in_name(&model.model.to_string())?;
    let precision = model.setup.get("precision").and_then(|value| value.as_str());
    let text = precision.map_or_else(|| text.clone(), |precision| format!("{text} {precision}"));
    Some(ModelSize { parameters, text })
}

/// The first part of a name that is a number of parameters: `7b`, `0.5B`, `135m`, of several experts `8x7B`. What is
/// active at once, `A3B`, comes behind that and is another thing.
fn in_name(name: &str) -> Option<(f64, String)> {
    name.split(|one: char| !one.is_ascii_alphanumeric() && one != '.').find_map(|part| {
        let number = part.strip_suffix(['b', 'B', 'm', 'M'])?;
        let unit = part[number.len()..].to_ascii_uppercase();
        let (experts, each) = number.split_once('x').unwrap_or(("1", number));
        let is_number = |text: &str| text.starts_with(|one: char| one.is_ascii_digit());
        if !is_number(experts) || !is_number(each) {
            return None;
        }
        let count = experts.parse::<f64>().ok()? * each.parse::<f64>().ok()?;
        let parameters = count * if unit == "B" { 1e9 } else { 1e6 };
        (parameters.is_finite() && parameters > 0.0).then(|| (parameters, format!("{number}{unit}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_found_where_a_name_has_one() {
        for (name, expected) in [
            ("vllm:Qwen/Qwen2.5-Coder-7B-Instruct", Some((7e9, "7B"))),
            ("gguf:smollm2-135m", Some((135e6, "135M"))),
            ("gguf:qwen2.5-coder-0.5b-q8_0.gguf", Some((0.5e9, "0.5B"))),
            ("vllm:mistralai/Mixtral-8x7B", Some((56e9, "8x7B"))),
            ("vllm:Qwen/Qwen3-30B-A3B", Some((30e9, "30B"))),
            ("openai:gpt-5", None),
            ("openai:gpt-4.1-mini", None),
            ("vllm:a/B-team", None),
        ] {
            let expected = expected.map(|(size, text): (f64, &str)| (size, text.to_owned()));
            assert_eq!(in_name(name), expected, "{name}");
        }
    }
}
