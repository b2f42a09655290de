"""Writes the first inputs of every fuzz target into corpus/TARGET: from the tests' fixtures, the starter set, and a few
values and answers that are made here. Nothing is downloaded, and the same inputs come out every time."""

import json
import marshal
import pathlib
import struct
import zlib

FUZZ = pathlib.Path(__file__).resolve().parent
ROOT = FUZZ.parent
FIXTURES = ROOT / "tests" / "fixtures"

VALUES = [
    None, ..., True, 1, -1, 2**31, 2**63, -(10**30), 0.0, -0.0, 1.5, 1e300, float("inf"), float("nan"), 2j, complex(-0.0, -1),
    "", "a'b\"\n\\é\u3000", "\ud83d", b"\x00\xff'", [], [1, [2.0]], (), (1,), {1, "a"}, set(), frozenset({(1, 2)}),
    {"a": [1], (1, 2): {None: b"x"}}, [[0] * 20] * 3,
]
LITERALS = [
    "1_000, -0x1F, +1e-9", "float('nan'), nan, -inf, infj", "rb'\\x00' b\"a\"", "'''a\nb''' \"\\u00e9\\x41\\777\"",
    "frozenset([1, 2]), set(), {}, {1: 2, }", "( # comment\n 1,\\\n 2)", "(((1)))", "1 + 2j", "[1, 2", "u'a' f'b'",
    "[NaN, -Infinity, 1e999, null]", '{"a": [true, 123456789012345678901234567890, "\\ud83d"]}',
]
TREE = ("list", [("shared", 3, ("list", [("data", 1)])), ("shared", 3), ("kind", "Odd", ("list", []))])
CHANGES = ("list", [("tuple", [("data", 0), TREE])])
NEWS = ([(0, 0)], [2], (1, marshal.dumps(CHANGES, 2)))
STATUSES = {
    "value": [(0, marshal.dumps([1], 2), None), (marshal.dumps(1, 2),), (0, marshal.dumps(2, 2), NEWS)],
    "object": [("Thing", "<Thing>")],
    "called": [([("passed",), ("wrong", "[1]"), ("raised", None)],)],
    "unsealable": [("an iterator",)],
    "use": [(0, "__call__", 0, marshal.dumps(((1,), {}), 2), NEWS)],
    "passed": [()], "wrong": [("no",)], "exited": [(3,)],
}
DESCRIPTION = ("KeyError", "KeyError", "'a'", (0, marshal.dumps(("a",), 2)), "<program>", 7, "numpy", -1, (), None)
ANSWERS = [
    "Here is it:\n\n```python\ndef f(x):\n    return x\n```\nIt adds.\n",
    "<think>\nhm\n</think>\n```py\n>>> def f(x):\n...     return 1\n>>> f(1)\n1\n```",
    "    return x + 1\n\nprint(f(1))\n```\nDone",
    "1 def f(x):\n2     return x\n",
    '{"code": "def f(x):\\n    return 1"}',
    "> ```\n> def f(x):\n>     return x &lt; 1\n> ```\n",
    "[PYTHON]\ndef f(x):\n  return 1\n[/PYTHON]<|im_end|>",
    "````markdown\n```python\nclass Solution:\n    def f(self, x):\n        return 1\n```\n````",
    "```python return 1```\n",
    "def g(self):\r\n\tpass\r\n\r\nimport os\r\nfrom __future__ import annotations\r\ndef f(self, x): return '''\r\n```'''",
    "```lua\nlocal function f(x) return x end\n```\n~~~\nx = 1\n~~~\n",
    "Sure. def f(x): is it?\ndef f(x):\n    # sum\n    return sum(x)\nThat is all!",
]
TEMPLATES = sorted((ROOT / "src" / "complete" / "prompt" / "templates").glob("*.toml"))
STATEMENTS = [
    "# Sum\n\nAdd *two* `numbers`.\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "<script>alert(1)</script>\n\na <b onclick=x>b</b> [x](javascript:alert(1)) [y](https://a.example/?a=\"b\") ![p](p.png)\n",
    "> - 1. ~~a~~\n\n    code\n\n[a]: <javascript:x>\n[a] <https://a.example> &#x3c; \u202e\n***\n",
]
CHAT = {"model": "m", "choices": [{"index": 0, "message": {"content": "a", "reasoning_content": "b"}, "finish_reason": "stop",
        "logprobs": {"content": [{"token": "a"}]}}], "usage": {"prompt_tokens": 3, "completion_tokens": 5}}
CHUNKS = [{"choices": [{"index": 1, "delta": {"content": "a"}}]}, {"choices": [{"index": 1, "delta": {}, "finish_reason": "length"}]},
          {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5}}]
MESSAGE = {"model": "m", "content": [{"type": "thinking", "thinking": "b"}, {"type": "text", "text": "a"}], "stop_reason": "end_turn",
           "usage": {"input_tokens": 3, "cache_read_input_tokens": 2, "output_tokens": 5}}
EVENTS = [{"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 3}}},
          {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
          {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
          {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 5}}, {"type": "message_stop"}]
GEMINI = {"candidates": [{"content": {"parts": [{"text": "a"}, {"text": "b", "thought": True}]}, "finishReason": "STOP"}],
          "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 5, "thoughtsTokenCount": 2}, "modelVersion": "m"}
ERROR = {"error": {"code": 429, "type": "insufficient_quota", "message": "no", "param": "n"}}


def gzip(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def read(path):
    return (FIXTURES / path).read_bytes()


def stream(values, end=b"data: [DONE]\n\n"):
    return b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values) + end


def lines(*values):
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def messages():
    for status, endings in STATUSES.items():
        for ending in endings:
            yield (status, *ending)
    for status in ("raised", "failed", "syntax_error"):
        yield (status, DESCRIPTION, {"assertion": "a", "input": "b", "expected": "c", "got": "d"})


def problem_files():
    files = [path for path in sorted((FIXTURES / "formats").glob("**/*")) if path.suffix in (".jsonl", ".json", ".parquet")]
    for path in [FIXTURES / "mini.jsonl", *files]:
        content = path.read_bytes()
        # The last byte: as it is (0) or compressed (1), and the format to be recognised.
        yield content + b"\xfc"
        yield content + b"\xfd"
        if path.suffix == ".jsonl":
            records = [json.loads(line) for line in content.splitlines()]
            yield json.dumps(records).encode() + b"\xfc"
            yield from (lines(record) + b"\xfc" for record in records)
            yield gzip(content) + b"\xfc"
    for path in [*(FIXTURES / "formats" / "karat").glob("**/*.toml"), *sorted((ROOT / "problems").glob("*/*/*.toml"))[::4]]:
        yield path.read_bytes() + (b"\xff" if path.name == "set.toml" else b"\xfe")


def samples():
    run = FIXTURES / "runs"
    for path in (FIXTURES / "mini-samples.jsonl", ROOT / "problems" / "starter" / "replay.jsonl"):
        content = b"".join(path.read_bytes().splitlines(True)[:6])
        yield content + b"\0"
        yield gzip(content) + b"\0"
    yield lines({"task_id": "T/0", "solution": "x = 1"}, {"task_id": "T/0", "completion": ""}) + b"\0"
    yield b"[models.\"openai:m\"]\ninput = 1.0\noutput = 2.0\ncached = 0.5\n\1"
    results = b'{"hash": "0", "eval": {"T/0": [{"solution": "x", "base_status": "pass", "plus_status": null, "f": [NaN]}]}}'
    yield from (results + b"\0", results + b"\1")
    answer = {"text": "a", "finish": "stop", "usage": {"input": 1, "output": 2}, "latency_ms": 3}
    answers = [{"task_id": "T/0", "sample": 0, "completion": "a", "answer": answer},
               {"task_id": "T/0", "sample": 1, "solution": "b", "how": {"from": "whole"}, "answer": answer}]
    judged = {"task_id": "T/0", "program": "00", "sealed": {"verdict": "passed", "fuel": 1}}
    yield b"\xfe".join([lines(*answers), lines(judged), lines({"task_id": "T/0", "sample": 2, "error": "no"})]) + b"\2"
    for name in ("good", "poor"):
        files = ["completions.jsonl", "verdicts.jsonl", "references.json"]
        yield b"\xfe".join((run / name / file).read_bytes() for file in files) + b"\3"
        yield b"\xfe".join((run / name / file).read_bytes() for file in ["run.json", "completions.jsonl"]) + b"\4"


def answers():
    text = json.dumps
    # The first byte: provider, content type (times 4), status (times 16), whether log probabilities are asked for (128).
    for provider, body in [(0, CHAT), (1, {"choices": [{"text": "a", "finish_reason": "length"}]}), (2, MESSAGE), (3, GEMINI)]:
        yield bytes([provider]) + text(body).encode()
        for status in (0, 4, 5, 6, 7):
            yield bytes([provider | status << 4]) + text(ERROR).encode()
    yield bytes([0 | 4]) + stream(CHUNKS)
    yield bytes([2 | 4]) + stream(EVENTS, b"")
    yield bytes([3 | 4]) + stream([GEMINI, {"candidates": [{"finishReason": "STOP"}]}], b"")
    yield bytes([3]) + text({"promptFeedback": {"blockReason": "SAFETY"}}).encode()
    pieces = [{"choices": [{"index": 0, "delta": {"content": token}, "finish_reason": end,
                            "logprobs": {"content": [{"token": token, "logprob": -0.5}], "refusal": None}}]}
              for token, end in [("a", None), ("b", "stop")]]
    whole = [{"index": 0, "message": {"content": "a"}, "logprobs": {"content": [{"token": "a", "logprob": -0.5}]}}]
    yield bytes([128]) + text({"choices": whole}).encode()
    yield bytes([128 | 4]) + stream(pieces)
    yield bytes([128 | 3]) + text({"candidates": [{"finishReason": "STOP", "logprobsResult": {"chosenCandidates": []}}]}).encode()


def text(content):
    return struct.pack("<Q", len(content)) + content.encode()


def gguf_files():
    """Models of two tensors, with the fields that every model has, and with a chat template."""
    texts = {"general.architecture": "llama", "tokenizer.chat_template": "{{ messages[0].content }}{{ bos_token }}"}
    numbers = {"general.file_type": 3, "llama.context_length": 128, "llama.embedding_length": 64, "llama.block_count": 2,
               "llama.attention.head_count": 4, "llama.attention.head_count_kv": 2, "tokenizer.ggml.bos_token_id": 0}
    tokens = ["<s>", "</s>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"]
    fields = [text(key) + struct.pack("<I", 8) + text(value) for key, value in texts.items()]
    fields += [text(key) + struct.pack("<II", 4, value) for key, value in numbers.items()]
    fields.append(text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, len(tokens)) + b"".join(map(text, tokens)))
    for version in (2, 3):
        for kind, size in ((3, 20), (8, 34), (0, 128)):
            tensors = b"".join(text(name) + struct.pack("<IQIQ", 1, 32, kind, offset)
                               for name, offset in (("token_embd.weight", 0), ("blk.0.attn_q.weight", 128)))
            header = b"GGUF" + struct.pack("<IQQ", version, 2, len(fields)) + b"".join(fields) + tensors
            yield header + bytes(-len(header) % 32) + bytes(range(128)) + bytes(size)


def messages_of_workers():
    """Messages in MessagePack: a map of one name to a list of fields, all of them short."""
    name = lambda content: bytes([0xA0 | len(content)]) + content.encode()
    framed = lambda content: struct.pack("<I", len(content)) + content
    cancel, loading = b"\x81" + name("Cancel") + b"\x07", b"\x81" + name("Loading") + b"\xca\x3f\x00\x00\x00"
    probe = b"\x81" + name("Probe") + b"\x92" + name("/lib") + name("Cpu")
    refused = b"\x81" + name("Refused") + b"\x92\x07" + name("Empty")
    counted = b"\x81" + name("Counted") + b"\x93\x01\x02\xcd\x01\x00"
    prompt = b"\x83" + name("text") + name("x") + name("begin") + b"\xc3" + name("special") + b"\xc2"
    score = b"\x81" + name("Score") + b"\x92\x08\x82" + name("prompt") + prompt + name("text") + name("y")
    for content, whom in ((cancel, 0), (probe, 0), (score, 0), (loading, 1), (refused, 1), (counted, 1)):
        yield content + bytes([whom])
        yield framed(content) * 2 + bytes([whom])


def all_inputs():
    yield "marshal", (marshal.dumps(value, 2) for value in VALUES)
    yield "protocol", (marshal.dumps(message, 2) for message in messages())
    yield "literals", [repr(value).encode("utf-8", "replace") for value in VALUES] + [text.encode() for text in LITERALS]
    yield "compare", (bytes(range(start, 255)) for start in range(0, 240, 6))
    yield "fuse", [b"\1", b"\1\x40\x03\x01", b"\0\0asm\x0d\0\1\0", *(bytes([2]) + bytes(range(n, 250)) * 4 for n in range(0, 50, 7))]
    yield "extract", (answer.encode() + bytes([n] * 12) for answer in ANSWERS for n in (0, 40, 200))
    programs = [path.read_bytes() for path in sorted((ROOT / "runners").glob("*/guest/*/*.py"))]
    yield "python_lines", [program[:3000] for program in programs] + [answer.encode() for answer in ANSWERS]
    yield "problem_files", problem_files()
    yield "samples", samples()
    yield "answers", answers()
    yield "gguf", gguf_files()
    yield "frames", messages_of_workers()
    yield "statements", [path.read_bytes() for path in TEMPLATES] + [text.encode() for text in STATEMENTS]


for target, inputs in all_inputs():
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(inputs):
        (folder / f"seed-{number:03}").write_bytes(content)
