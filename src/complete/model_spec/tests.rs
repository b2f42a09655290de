use proptest::prelude::*;

use super::*;

#[test]
fn every_kind_is_read_and_given_back() {
    for text in [
        "openai:gpt-5",
        "openai:ft:gpt-4.1:acme:name:id",
        "openai-completions:davinci-002",
        "anthropic:claude-sonnet-4-5",
        "gemini:gemini-2.5-pro",
        "http://localhost:8000/v1#Qwen2.5-Coder-7B",
        "https://models.example/v1#Qwen/Qwen2.5-Coder-7B",
        "http://[::1]:8000#a#b",
        "http://localhost:8000/v1?api=completions#base",
        "gguf:some folder/qwen.gguf",
        "gguf:qwen.GGUF?api=completions",
        "gguf:./qwen",
        "gguf:smollm2-135m",
        "vllm:Qwen/Qwen2.5-Coder-7B-Instruct",
        "sglang:Qwen/Qwen2.5-Coder-7B?api=completions",
        "llama-server:some folder/qwen.gguf",
        "replay:some folder/samples.jsonl",
        "reference",
        "command:./my-model.sh --flag 'a b'",
    ] {
        let spec: ModelSpec = text.parse().unwrap();
        assert_eq!(spec.to_string(), text);
        assert_eq!(serde_json::to_string(&spec).unwrap(), serde_json::to_string(text).unwrap());
        assert_eq!(serde_json::from_str::<ModelSpec>(&serde_json::to_string(&spec).unwrap()).unwrap(), spec);
    }
    let with_slash: ModelSpec = "http://HOST:80/v1/?api=chat#m".parse().unwrap();
    assert_eq!(with_slash.to_string(), "http://host/v1#m");
    assert!("openai-completions:m".parse::<ModelSpec>().unwrap().continues_text());
    assert!(!with_slash.continues_text());
    for local in ["gguf:smollm2-135m", "vllm:m", "sglang:m", "llama-server:m.gguf"] {
        let (chat, base): (ModelSpec, ModelSpec) =
            (local.parse().unwrap(), format!("{local}?api=completions").parse().unwrap());
        assert!(!chat.continues_text() && base.continues_text(), "{local}");
        assert_eq!(format!("{local}?api=chat").parse::<ModelSpec>().unwrap(), chat);
    }
}

#[test]
fn errors_say_what_is_allowed() {
    let error = |text: &str| text.parse::<ModelSpec>().unwrap_err().to_string();
    assert!(error("gpt-5").contains("openai:gpt-5"));
    assert!(error("mistral:large").contains("http://localhost:8000/v1#NAME"));
    assert!(error("openai:").contains("as in openai:gpt-5"));
    assert!(error("anthropic: claude").contains("right behind the colon"));
    assert!(error("replay:").contains("replay:samples.jsonl"));
    assert!(error("mistral:large").contains("vllm:ORG/NAME"));
    for (text, expected) in [
        ("vllm:", "as in vllm:Qwen/"),
        ("vllm: m", "right behind the colon"),
        ("sglang:--host", "as in sglang:Qwen/"),
        ("llama-server:", "as in llama-server:models/qwen.gguf"),
        ("llama-server:-m", "a GGUF file"),
        ("gguf:", "karat models list"),
        ("gguf:two words", "karat models list"),
        ("gguf:models/", "needs a file"),
        ("gguf:m?api=embed", "gguf: behind the ?"),
        ("vllm:m?", "vllm: behind the ?"),
    ] {
        assert!(error(text).contains(expected), "{text}: {}", error(text));
    }
    assert!(error("command: ").contains("command:./my-model.sh"));
    assert!(error("http://localhost:8000/v1").contains("behind a #"));
    assert!(error("http://localhost:8000/v1#").contains("behind a #"));
    assert!(error("http://localhost:port/v1#m").contains("port"));
}

#[test]
fn a_gguf_model_is_a_file_or_a_name() {
    let model = |text: &str| match text.parse() {
        Ok(ModelSpec::Gguf { model, .. }) => model,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(model("gguf:qwen.gguf"), GgufModel::File("qwen.gguf".into()));
    assert_eq!(model("gguf:models/qwen"), GgufModel::File("models/qwen".into()));
    assert_eq!(model("gguf:qwen"), GgufModel::Installed("qwen".into()));
}

#[test]
fn an_address_with_a_secret_is_refused_without_repeating_it() {
    for text in [
        "https://user:hunter2@host/v1#m",
        "https://hunter2@host/v1#m",
        "https://host/v1?api_key=hunter2#m",
        "https://host/v1?api=chat&key=hunter2#m",
        "https://host:hunter2/v1#m",
        "https://hunter2@host/v1",
        "ftp://user:hunter2@host/v1#m",
    ] {
        let error = text.parse::<ModelSpec>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn loopback_is_told_from_the_network() {
    let parsed = |text: &str| text.parse::<ServerAddress>().unwrap();
    let is_loopback = |text: &str| crate::http_client::is_loopback(parsed(text).url());
    assert!(
        is_loopback("http://localhost:1/v1")
            && is_loopback("http://127.0.0.9")
            && is_loopback("http://[::1]")
    );
    assert!(!is_loopback("http://localhost.example") && !is_loopback("https://10.0.0.1"));
}

proptest! {
    #[test]
    fn what_is_read_is_given_back_in_one_form(text in "(openai:|gemini:|https?://[a-z]{1,5}(:[0-9]{1,4})?(/[a-z]{0,3})?(\\?api=(chat|completions))?#|(gguf|vllm|sglang|llama-server):|replay:|command:)\\PC{0,12}(\\?api=(chat|completions))?") {
        if let Ok(spec) = text.parse::<ModelSpec>() {
            let given_back = spec.to_string();
            prop_assert_eq!(given_back.parse::<ModelSpec>().unwrap(), spec);
        }
    }
}
