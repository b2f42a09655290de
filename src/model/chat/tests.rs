//! Templates of the shapes that the known families have, written anew.

use serde_json::json;

use super::*;

const CHATML: &str = "{% for message in messages %}
{{- '<|im_start|>' + message['role'] + '\n' + message.content + '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\n' }}
{%- endif %}";

const LLAMA_3: &str = "{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = '' %}
{%- endif %}
{{- '<|start_header_id|>system<|end_header_id|>\n\n' }}
{%- if strftime_now is defined %}
    {{- 'Today: ' + strftime_now('%d %b %Y') + '\n\n' }}
{%- endif %}
{{- system + '<|eot_id|>' }}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}";

const GEMMA: &str = "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role here') }}{% endif %}\
{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\
{{ raise_exception('roles must take turns') }}{% endif %}{% set role = 'model' if message.role == 'assistant' else message.role %}\
{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}\
{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}\n";

const MISTRAL: &str = "{%- if messages[0]['role'] == 'system' %}
{%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %}
{%- else %}{%- set turns = messages %}{%- endif %}
{{- bos_token }}
{%- for message in turns %}
{%- if message['role'] == 'user' %}
{%- if loop.last and system is defined %}{{- '[INST] ' + system + '\n\n' + message['content'] + ' [/INST]' }}
{%- else %}{{- '[INST] ' + message['content'] + ' [/INST]' }}{%- endif %}
{%- elif message['role'] == 'assistant' %}{{- ' ' + message['content'] + eos_token }}
{%- else %}{{- raise_exception('only user and assistant roles') }}{%- endif %}
{%- endfor %}";

const DEEPSEEK: &str = "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}\
{% set ns = namespace(is_first=true, system='') %}{%- for m in messages %}{%- if m['role'] == 'system' %}\
{%- set ns.system = m['content'] %}{%- endif %}{%- endfor %}{{ bos_token }}{{ ns.system }}\
{%- for m in messages %}{%- if m['role'] == 'user' %}{{ '<｜User｜>' + m['content'] }}{%- endif %}\
{%- if m['role'] == 'assistant' and m['content'] is not none %}{% set content = m['content'] %}\
{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}\
{{ '<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>' }}{%- endif %}{%- endfor %}\
{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\n' }}{% endif %}";

const QWEN: &str = "{%- if tools %}
    {{- '<|im_start|>system\nTools: ' }}
    {%- for tool in tools %}{{- tool | tojson }}{%- endfor %}
    {{- '<|im_end|>\n' }}
{%- elif messages[0].role != 'system' %}
    {{- '<|im_start|>system\nYou help.<|im_end|>\n' }}
{%- endif %}
{%- set ns = namespace(last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if message.role == 'user' and message.content is string and not(message.content.startswith('<tool>')) %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == 'assistant' %}
        {%- if loop.index0 > ns.last %}{%- set content = content.lstrip('\n') %}{%- endif %}
    {%- endif %}
    {{- '<|im_start|>' ~ message.role ~ '\n' ~ content ~ '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
{%- endif %}";

const THINKING: &str = "{%- for message in messages %}<|{{ message.role }}|>
{{ message.content.strip() }}
{%- generation -%}{%- endgeneration %}<|end|>
{% endfor %}
{%- if add_generation_prompt %}<|assistant|><think>\n{% endif %}";

const PHI: &str = "{% for message in messages %}{% if message['role'] in ['system', 'user'] %}\
{{ '<|' ~ message['role'] ~ '|>\n' ~ message['content'] ~ '<|end|>\n' }}{% else %}\
{% generation %}{{ '<|assistant|>\n' ~ message['content'] ~ '<|end|>\n' }}{% endgeneration %}{% endif %}{% endfor %}\
{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}";

const ALPACA: &str = "{% for message in messages if message.role != 'system' %}
### {{ message.role | capitalize }}:
{{ message.content }}

{% endfor %}
{% if add_generation_prompt %}
### Assistant:
{% endif %}";

const MACROS: &str =
    "{% macro turn(role, content) %}[{{ role.upper() }}]{{ content }}[/{{ role.upper() }}]{% endmacro %}
{%- for message in messages %}{{ turn(message.get('role', 'none'), message.content) }}{% endfor %}
{%- for name, value in messages[0].items() %}{{ '' if name == 'role' else '' }}{% endfor %}
{%- if add_generation_prompt %}[ASSISTANT]{% endif %}";

const GLM: &str = "[gMASK]<sop>
{%- for item in messages %}
{%- if item.content is iterable and item.content is not string %}{{- item.content[0].text }}
{%- else %}<|{{ item['role'] }}|>
{{ item['content'] }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|assistant|>
{% endif -%}";

const COMMAND: &str = "{{ bos_token }}{% set loop_messages = messages %}{% for message in loop_messages %}
    {%- set content = message['content'] -%}
    {%- if message['role'] == 'user' -%}{{ '<|USER|>' + content.strip() + '<|END|>' }}
    {%- elif message['role'] == 'assistant' -%}{{ '<|BOT|>'  + content.strip() + '<|END|>' }}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|BOT|>' }}{%- endif -%}";

fn template(source: &str) -> ChatTemplate {
    ChatTemplate::new("m.gguf", source, Some("<s>"), Some("</s>"))
}

fn options() -> ChatOptions {
    ChatOptions { date: jiff::civil::date(2026, 1, 2), variables: serde_json::Map::new() }
}

fn conversation<'a>(messages: &[(&'a str, &'a str)]) -> Vec<ChatMessage<'a>> {
    messages.iter().map(|&(role, content)| ChatMessage { role, content }).collect()
}

fn render(source: &str, messages: &[(&str, &str)]) -> Result<String, String> {
    template(source).render(&conversation(messages), &options()).map_err(|error| error.to_string())
}

const ASKED: [(&str, &str); 1] = [("user", "Hi {{ x }}\n")];
const LONGER: [(&str, &str); 4] = [("system", "Be brief."), ("user", "A"), ("assistant", "B"), ("user", "C")];

#[test]
fn each_family_asks_in_its_way() {
    for (source, asked, longer) in [
        (
            CHATML,
            "<|im_start|>user\nHi {{ x }}\n<|im_end|>\n<|im_start|>assistant\n",
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\nB<|im_end|>\n\
             <|im_start|>user\nC<|im_end|>\n<|im_start|>assistant\n",
        ),
        (
            LLAMA_3,
            "<s><|start_header_id|>system<|end_header_id|>\n\nToday: 02 Jan 2026\n\n<|eot_id|>\
             <|start_header_id|>user<|end_header_id|>\n\nHi {{ x }}<|eot_id|>\
             <|start_header_id|>assistant<|end_header_id|>\n\n",
            "<s><|start_header_id|>system<|end_header_id|>\n\nToday: 02 Jan 2026\n\nBe brief.<|eot_id|>\
             <|start_header_id|>user<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n\
             B<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nC<|eot_id|>\
             <|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        (
            GEMMA,
            "<s><start_of_turn>user\nHi {{ x }}<end_of_turn>\n<start_of_turn>model\n",
            "! no system role here",
        ),
        (MISTRAL, "<s>[INST] Hi {{ x }}\n [/INST]", "<s>[INST] A [/INST] B</s>[INST] Be brief.\n\nC [/INST]"),
        (
            DEEPSEEK,
            "<s><｜User｜>Hi {{ x }}\n<｜Assistant｜><think>\n",
            "<s>Be brief.<｜User｜>A<｜Assistant｜>B<｜end▁of▁sentence｜><｜User｜>C<｜Assistant｜><think>\n",
        ),
        (
            QWEN,
            "<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\nHi {{ x }}\n<|im_end|>\n<|im_start|>assistant\n",
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\nB<|im_end|>\n\
             <|im_start|>user\nC<|im_end|>\n<|im_start|>assistant\n",
        ),
        (
            THINKING,
            "<|user|>\nHi {{ x }}<|end|>\n<|assistant|><think>\n",
            "<|system|>\nBe brief.<|end|>\n<|user|>\nA<|end|>\n<|assistant|>\nB<|end|>\n<|user|>\nC<|end|>\n\
             <|assistant|><think>\n",
        ),
        (
            PHI,
            "<|user|>\nHi {{ x }}\n<|end|>\n<|assistant|>\n",
            "<|system|>\nBe brief.<|end|>\n<|user|>\nA<|end|>\n<|assistant|>\nB<|end|>\n<|user|>\nC<|end|>\n<|assistant|>\n",
        ),
        (
            ALPACA,
            "### User:\nHi {{ x }}\n\n\n### Assistant:\n",
            "### User:\nA\n\n### Assistant:\nB\n\n### User:\nC\n\n### Assistant:\n",
        ),
        (
            MACROS,
            "[USER]Hi {{ x }}\n[/USER][ASSISTANT]",
            "[SYSTEM]Be brief.[/SYSTEM][USER]A[/USER][ASSISTANT]B[/ASSISTANT][USER]C[/USER][ASSISTANT]",
        ),
        (
            GLM,
            "[gMASK]<sop><|user|>\nHi {{ x }}\n<|assistant|>\n",
            "[gMASK]<sop><|system|>\nBe brief.<|user|>\nA<|assistant|>\nB<|user|>\nC<|assistant|>\n",
        ),
        (
            COMMAND,
            "<s><|USER|>Hi {{ x }}<|END|><|BOT|>",
            "<s><|USER|>A<|END|><|BOT|>B<|END|><|USER|>C<|END|><|BOT|>",
        ),
    ] {
        assert_eq!(render(source, &ASKED).as_deref(), Ok(asked), "{source}");
        match (render(source, &LONGER), longer.strip_prefix("! ")) {
            (Ok(text), None) => assert_eq!(text, longer, "{source}"),
            (Err(error), Some(said)) => {
                assert_eq!(
                    error,
                    format!("the chat template in m.gguf refuses the conversation: line 1: {said}")
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_beginning_of_an_answer_is_continued() {
    let with = |beginning| [("user", "A"), ("assistant", beginning)];
    for (source, beginning, expected) in [
        (
            CHATML,
            "```python\ndef f",
            "<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n```python\ndef f",
        ),
        (CHATML, " B \n", "<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n B \n"),
        (CHATML, "", "<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n"),
        // It trims messages, and what it trims is lost.
        (GEMMA, "B\n", "<s><start_of_turn>user\nA<end_of_turn>\n<start_of_turn>model\nB"),
        (MISTRAL, "B\n", "<s>[INST] A [/INST] B\n"),
        // The text is in the question, too.
        (PHI, "A", "<|user|>\nA<|end|>\n<|assistant|>\nA"),
        (DEEPSEEK, "B", "<s><｜User｜>A<｜Assistant｜>B"),
    ] {
        assert_eq!(render(source, &with(beginning)).as_deref(), Ok(expected), "{source}");
    }
    let error = render(DEEPSEEK, &with("I think </think> so")).unwrap_err();
    assert_eq!(
        error,
        "the chat template in m.gguf leaves out the beginning of the answer (\"I think </think> so\"), so that it can not \
         be continued; ask without one"
    );
}

#[test]
fn models_have_variables_of_their_own() {
    let mut options = options();
    options.variables.insert("enable_thinking".to_owned(), json!(false));
    options.variables.insert("tools".to_owned(), json!([{"b": 1}]));
    let text = template(QWEN).render(&conversation(&[("user", "A")]), &options).unwrap();
    // They must not change the conversation, or what is part of every template.
    assert!(
        text.ends_with("<|im_start|>assistant\n<think>\n\n</think>\n\n") && text.contains("You help."),
        "{text}"
    );
}

#[test]
fn faults_name_the_file_and_the_line() {
    for (source, message) in [
        ("a\nb\n{% for %}", "the chat template in m.gguf: line 3: syntax error: "),
        ("a\n{{ messages.x.y }}", "the chat template in m.gguf: line 2: undefined value"),
        ("{{ nothing() }}", "the chat template in m.gguf: line 1: unknown function: "),
        ("{{ messages|nothing }}", "line 1: unknown filter: "),
        ("{% include 'other' %}", "the chat template in m.gguf: line 1: template not found"),
        (
            "{% for a in range(100000) %}{% for a in range(100000) %}{% endfor %}{% endfor %}",
            "it takes too long",
        ),
        (
            "{% set x = namespace(s='xxxxxxxx') %}{% for a in range(99) %}{% set x.s = x.s + x.s %}{% endfor %}",
            "it takes too long",
        ),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "the chat template in m.gguf: line 1: "),
        ("\n{{ raise_exception('no \x1b[2J') }}", "refuses the conversation: line 2: no \\u{1b}[2J"),
        ("{{ strftime_now('%Q%Q') }}", "strftime_now"),
        ("{{ [1]|tojson(indent=99) }}", "an indent of more than 16"),
    ] {
        let error = render(source, &ASKED).expect_err(source);
        assert!(error.contains(message), "{error}\nlacks {message}");
    }
    let long = "x".repeat(MOST_TEMPLATE + 1);
    assert!(render(&long, &ASKED).unwrap_err().contains("it has 1048577 bytes"));
    // Deep nesting is refused when the template is read.
    let deep = format!("{}{}", "{% if 1 %}".repeat(50_000), "{% endif %}".repeat(50_000));
    assert!(render(&deep, &ASKED).is_err());
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(50_000), ")".repeat(50_000));
    assert!(render(&deep, &ASKED).is_err());
}

#[test]
fn json_is_as_python_writes_it() {
    let json = |arguments: &str| {
        let source = format!("{{{{ messages[0]|tojson{arguments} }}}}");
        render(&source, &[("user", "é \"<&>'\n😀")]).unwrap()
    };
    assert_eq!(json(""), r#"{"role": "user", "content": "é \"<&>'\n😀"}"#);
    assert!(json("(ensure_ascii=true)").contains(r#""\u00e9 \"<&>'\n\ud83d\ude00""#));
    assert!(json("(separators=(',', ':'))").contains(r#""role":"user""#));
    assert_eq!(
        render("{{ [1, [], {}, {'a': none}]|tojson(indent=2) }}", &ASKED).unwrap(),
        "[\n  1,\n  [],\n  {},\n  {\n    \"a\": null\n  }\n]"
    );
    assert_eq!(render("{{ [true, 1.0, 0.5]|tojson }}", &ASKED).unwrap(), "[true, 1.0, 0.5]");
}

#[test]
fn dictionaries_keep_their_order_as_pythons_do() {
    const TOOL: &str =
        "{'type': 'function', 'function': {'name': 'f', 'arguments': {'z': 1, 'a': 2, 10: 3, 9: 4}}}";
    let with = |more: &str| render(&format!("{{{{ {TOOL}{more} }}}}"), &ASKED).unwrap();
    assert_eq!(
        with("|tojson"),
        r#"{"type": "function", "function": {"name": "f", "arguments": {"z": 1, "a": 2, "10": 3, "9": 4}}}"#
    );
    assert_eq!(with("|tojson(sort_keys=false)"), with("|tojson"));
    assert_eq!(
        with("|tojson(sort_keys=true)"),
        r#"{"function": {"arguments": {"10": 3, "9": 4, "a": 2, "z": 1}, "name": "f"}, "type": "function"}"#
    );
    let walked = "{% set d = {'z': 1, 'a': 2} %}{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}\
                  {{ d.keys()|join }}{{ d.values()|join }}{% for k in d %}{{ k }}{% endfor %}";
    assert_eq!(render(walked, &ASKED).unwrap(), "z1a2za12za");
    assert_eq!(render("{{ {'z': 1, 'a': 2, 'z': 3}|tojson }}", &ASKED).unwrap(), r#"{"z": 3, "a": 2}"#);
    // Constants that a template computes before it runs, and dictionaries that it makes as it runs.
    let made =
        "{% for m in messages %}{{ {'role': m.role, 'content': m.content, 'also': 1}|tojson }}{% endfor %}";
    assert_eq!(render(made, &[("user", "x")]).unwrap(), r#"{"role": "user", "content": "x", "also": 1}"#);
    assert_eq!(render("{{ dict(z=1, a=2)|tojson }}", &ASKED).unwrap(), r#"{"z": 1, "a": 2}"#);
}

#[test]
fn a_file_without_template_is_one_that_continues_texts() {
    use super::super::gguf::write::Writer;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    let of = |writer: Writer| {
        std::fs::write(&path, writer.bytes()).unwrap();
        ChatTemplate::of(&Gguf::open(&path).unwrap())
    };
    let error = of(Writer::model("llama")).unwrap_err().to_string();
    assert!(error.contains("has no chat template") && error.contains("?api=completions"), "{error}");
    let writer = Writer::model("llama")
        .text("tokenizer.chat_template", "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}")
        .texts("tokenizer.ggml.tokens", &["x", "<b>"])
        .u32("tokenizer.ggml.bos_token_id", 1)
        .u32("tokenizer.ggml.eos_token_id", 7);
    let template = of(writer).unwrap();
    let text = template.render(&conversation(&[("user", "A")]), &options()).unwrap();
    assert_eq!(text, "<b>A", "a token that the vocabulary does not have is no text");
}
