//! Texts without the places in them: where files lie on a machine, and under which address a server was asked, is
//! nobody's business.

/// The text with the last part in the place of each absolute path, and `HOST` in the place of the host of each address.
pub(super) fn without_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, place) = rest.split_at(at);
        out.push_str(before);
        if let Some(host) = place.strip_prefix("//").filter(|_| before.ends_with(':')) {
            out.push_str("//HOST");
            let end = host.find(|one: char| one == '/' || ends_a_host(one)).unwrap_or(host.len());
            rest = &host[end..];
            continue;
        }
        let (place, after) = place.split_at(place.find(ends_a_path).unwrap_or(place.len()));
        if out.is_empty() || before.ends_with(begins_a_path) {
            out.push_str(place.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
        } else {
            out.push_str(place);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What an absolute path can follow.
fn begins_a_path(one: char) -> bool {
    one.is_whitespace() || matches!(one, '=' | ':' | ',' | '"' | '\'' | '(')
}

/// What ends a path. White space does not: it occurs in names of folders.
fn ends_a_path(one: char) -> bool {
    matches!(one, ',' | '#' | '?' | '"' | '\'' | ':')
}

/// What ends a host and its port.
fn ends_a_host(one: char) -> bool {
    one.is_whitespace() || matches!(one, ',' | '#' | '?' | '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_folder_nor_a_host_is_told() {
        for (text, expected) in [
            ("/home/ada/sets/HumanEval.jsonl.gz", "HumanEval.jsonl.gz"),
            ("/home/ada/my sets/mine/", "mine"),
            ("--problems=/data/sets/mine", "--problems=mine"),
            ("gguf:/models/a-7b-q8_0.gguf?api=completions", "gguf:a-7b-q8_0.gguf?api=completions"),
            ("http://10.0.0.7:8000/v1#Qwen/Qwen2.5-Coder-7B", "http://HOST/v1#Qwen/Qwen2.5-Coder-7B"),
            ("https://box.example/v1?api=completions#m", "https://HOST/v1?api=completions#m"),
            ("problems/mine", "problems/mine"),
            ("../sets/mine", "../sets/mine"),
            ("vllm:Qwen/Qwen2.5", "vllm:Qwen/Qwen2.5"),
            ("/a/b,/c/d", "b,d"),
            ("1/2", "1/2"),
            ("/", ""),
        ] {
            assert_eq!(without_places(text), expected, "{text}");
        }
    }
}
