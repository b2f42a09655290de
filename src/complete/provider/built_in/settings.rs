//! How the built-in model answers, from the parameters that all models have.

use serde_json::Value;

use crate::complete::provider::error::SettingError;
use crate::complete::query::Parameters;
use crate::model::sampling::Sampling;
use crate::model::text::Stops;

/// The most tokens of a completion where no limit is set: enough for a function or a program.
pub(super) const MOST_TOKENS: u32 = 512;

/// The field that holds variables of the chat template, as vLLM and SGLang call it.
pub(super) const TEMPLATE_VARIABLES: &str = "chat_template_kwargs";

/// The fields of a request that `--param` can set, beside those that have options of their own.
const EXTRA: [&str; 4] = ["top_k", "min_p", "repetition_penalty", TEMPLATE_VARIABLES];

/// The temperature where several answers are asked for and none is set; a single answer is the likeliest one.
const TEMPERATURE_OF_SEVERAL: f64 = 0.8;

/// What is asked of the built-in model where the user does not say, so that the record has it and it is the same for
/// everyone.
pub fn with_defaults(parameters: Parameters, samples: u32) -> Parameters {
    let temperature = if samples == 1 { 0.0 } else { TEMPERATURE_OF_SEVERAL };
    Parameters {
        temperature: parameters.temperature.or(Some(temperature)),
        max_tokens: parameters.max_tokens.or(Some(MOST_TOKENS.into())),
        seed: parameters.seed.or(Some(0)),
        ..parameters
    }
}

/// How tokens are chosen, and where a completion ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// The texts that end a completion early.
    pub stops: Stops,
    /// The most tokens of a completion.
    pub most_tokens: u32,
}

/// What the parameters ask of the built-in model. What is not set leaves the model's own distribution as it is.
///
/// # Errors
///
/// For what the built-in model does not know, and for values out of range.
pub fn settings(parameters: &Parameters) -> Result<Settings, SettingError> {
    if let Some(name) = parameters.extra.keys().find(|name| !EXTRA.contains(&name.as_str())) {
        return Err(SettingError::Unknown { name: name.clone(), known: &EXTRA });
    }
    if let Some(value) = parameters.extra.get(TEMPLATE_VARIABLES).filter(|value| !value.is_object()) {
        let (name, needed) =
            (TEMPLATE_VARIABLES, "an object, as in chat_template_kwargs.enable_thinking=false");
        return Err(SettingError::Type { name, value: value.clone(), needed });
    }
    if parameters.effort.is_some() {
        return Err(SettingError::Effort);
    }
    let extra = |name: &'static str| parameters.extra.get(name).map(|value| (name, value));
    let number = |(name, value): (&'static str, &Value)| {
        let wrong = || SettingError::Type { name, value: value.clone(), needed: "a number" };
        value.as_f64().map(|number| number as f32).ok_or_else(wrong)
    };
    let count = |(name, value): (&'static str, &Value)| {
        let wrong = || SettingError::Type { name, value: value.clone(), needed: "a whole number above 0" };
        value.as_u64().and_then(|count| u32::try_from(count).ok()).ok_or_else(wrong)
    };
    let sampling = Sampling {
        temperature: parameters.temperature.unwrap_or(1.0) as f32,
        top_p: parameters.top_p.unwrap_or(1.0) as f32,
        // Servers say "all" with 0 or -1.
        top_k: extra("top_k")
            .filter(|(_, value)| !matches!(value.as_i64(), Some(0 | -1)))
            .map(count)
            .transpose()?,
        min_p: extra("min_p").map(number).transpose()?.unwrap_or(0.0),
        repetition_penalty: extra("repetition_penalty").map(number).transpose()?.unwrap_or(1.0),
    };
    sampling.check()?;
    let most_tokens = parameters.max_tokens.unwrap_or(MOST_TOKENS.into());
    Ok(Settings {
        sampling,
        stops: parameters.stop.clone().try_into()?,
        most_tokens: u32::try_from(most_tokens)
            .ok()
            .filter(|most| *most > 0)
            .ok_or(SettingError::Tokens(most_tokens))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(extra: &[&str]) -> Parameters {
        let mut parameters = Parameters::default();
        extra.iter().for_each(|field| parameters.add_extra(field).unwrap());
        parameters
    }

    #[test]
    fn what_is_set_is_used() {
        let mut asked = parameters(&["top_k=40", "min_p=0.05", "repetition_penalty=1.1"]);
        asked.temperature = Some(0.5);
        asked.top_p = Some(0.9);
        asked.max_tokens = Some(7);
        asked.stop = vec!["END".to_owned()];
        let settings = settings(&asked).unwrap();
        let sampling =
            Sampling { temperature: 0.5, top_k: Some(40), top_p: 0.9, min_p: 0.05, repetition_penalty: 1.1 };
        assert_eq!((settings.sampling, settings.most_tokens), (sampling, 7));
        assert_eq!(Vec::from(settings.stops), ["END"]);
    }

    #[test]
    fn what_is_not_set_changes_nothing() {
        let expected =
            Settings { sampling: Sampling::default(), stops: Stops::default(), most_tokens: MOST_TOKENS };
        assert_eq!(settings(&Parameters::default()).unwrap(), expected);
        for all in ["top_k=0", "top_k=-1"] {
            assert_eq!(settings(&parameters(&[all])).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_not_said_is_written_down() {
        let said = |samples| {
            let Parameters { temperature, max_tokens, seed, .. } =
                with_defaults(Parameters::default(), samples);
            (temperature, max_tokens, seed)
        };
        assert_eq!((said(1), said(2)), ((Some(0.0), Some(512), Some(0)), (Some(0.8), Some(512), Some(0))));
        let given = Parameters { temperature: Some(0.3), seed: Some(9), ..Parameters::default() };
        let filled = with_defaults(given.clone(), 5);
        assert_eq!((filled.temperature, filled.seed), (given.temperature, given.seed));
    }

    #[test]
    fn what_it_does_not_know_is_refused() {
        let error = |parameters: &Parameters| settings(parameters).unwrap_err().to_string();
        assert!(
            error(&parameters(&["logit_bias={}"]))
                .contains("top_k, min_p, repetition_penalty, chat_template")
        );
        assert!(error(&parameters(&["chat_template_kwargs=no"])).contains("is not an object"));
        assert!(error(&parameters(&["top_k=many"])).contains("\"many\" is not a whole number"));
        assert!(error(&parameters(&["min_p=[]"])).contains("[] is not a number"));
        assert!(error(&parameters(&["min_p=2"])).contains("min_p 2"));
        let effort = Parameters { effort: Some("high".to_owned()), ..Parameters::default() };
        assert!(error(&effort).contains("--effort"));
        for tokens in [0, 1 << 40] {
            let asked = Parameters { max_tokens: Some(tokens), ..Parameters::default() };
            assert_eq!(error(&asked), format!("--max-tokens {tokens}: give a number from 1 to 4294967295"));
        }
        let stop = Parameters { stop: vec![String::new()], ..Parameters::default() };
        assert!(error(&stop).contains("--stop"));
    }
}
