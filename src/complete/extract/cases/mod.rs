//! Answers as models give them, each for a way in which harnesses have failed to find the program, with the report of
//! it where one was found: harness and number of the issue or pull request. The answers are made up.

mod checks;
mod unusual;

use serde_json::{Value as Json, json};

use super::*;
use crate::problem::{Test, TestBody};
use crate::value::Value;

/// What a case is about.
struct Case {
    /// The failure kind.
    name: &'static str,
    problem: fn() -> Problem,
    kind: AnswerKind,
    raw: &'static str,
    expected: Expected,
    /// The names of the notes that must be there, in order.
    notes: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A whole program.
    Program(&'static str),
    /// A continuation of the prompt.
    Body(&'static str),
    /// The name of the reason for which there is none.
    Nothing(&'static str),
}

use AnswerKind::{Chat, Completion};
use Expected::{Body, Nothing, Program};

const PROMPT: &str = "def total(numbers: list) -> int:\n    \"\"\"Add numbers up.\n\n    >>> total([1, 2])\n    3\n    \"\"\"\n";

/// A problem with a prompt, as of HumanEval.
fn body() -> Problem {
    let mut problem = function();
    problem.prompt = PROMPT.into();
    problem
}

/// A problem with a prompt that imports something and has a helper.
fn helper() -> Problem {
    let mut problem = function();
    problem.prompt = format!("from typing import List\n\ndef half(x):\n    return x / 2\n\n\n{PROMPT}");
    problem
}

/// A problem that asks for a function, as of MBPP.
fn function() -> Problem {
    let mut problem = Problem::new("p", Language::Python);
    problem.entry_point = Some("total".into());
    let source = "assert total([1, 2]) == 3".into();
    problem.tests = vec![Test::hidden(TestBody::Assertions { source, calls_check: false })];
    problem
}

/// A problem that asks for a method, as those of LiveCodeBench that have starter code.
fn method() -> Problem {
    let mut problem = Problem::new("p", Language::Python);
    problem.entry_point = Some("total".into());
    problem.starter_code =
        Some("class Solution:\n    def total(self, numbers: list) -> int:\n        ".into());
    let arguments = vec![Value::List(vec![Value::Int(1)])];
    problem.tests = vec![Test::hidden(TestBody::Call { arguments, expected: Some(Value::Int(1)) })];
    problem
}

/// A problem that asks for a program.
fn stdio() -> Problem {
    let mut problem = Problem::new("p", Language::Python);
    let body = TestBody::Stdio { input: "1 2\n".into(), expected: "3\n".into() };
    problem.tests = vec![Test::hidden(body)];
    problem
}

/// A problem of MultiPL-E in Python.
fn multipl_e() -> Problem {
    let mut problem = body();
    problem.entry_point = None;
    problem.stop_tokens = ["\ndef", "\n#", "\nif", "\nclass"].map(String::from).to_vec();
    problem
}

/// A problem of MultiPL-E in Lua.
fn lua() -> Problem {
    let mut problem = Problem::new("p", Language::Lua);
    problem.prompt = "-- Add numbers up.\nlocal function total(numbers)\n".into();
    problem.stop_tokens = ["\nlocal", "\nfunction", "\n--", "\n\n"].map(String::from).to_vec();
    let source = "os.exit(total({1}) == 1)".into();
    problem.tests = vec![Test::hidden(TestBody::Assertions { source, calls_check: false })];
    problem
}

const DEFINED: Expected = Program("def total(numbers):\n    return sum(numbers)\n");
const SUM: Expected = Body("    return sum(numbers)\n");

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Fences.
    Case { name: "one block with a language", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &[] },
    // lm-evaluation-harness 2648, 2954; open-compass 129: a greeting before the block.
    Case { name: "a preamble and an explanation around a block", problem: function, kind: Chat,
        raw: "Sure! Here is the function:\n\n```python\ndef total(numbers):\n    return sum(numbers)\n```\n\nIt adds them up.",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "no language", problem: function, kind: Chat,
        raw: "```\ndef total(numbers):\n    return sum(numbers)\n```\n", expected: DEFINED, notes: &[] },
    Case { name: "tildes", problem: function, kind: Chat,
        raw: "~~~py\ndef total(numbers):\n    return sum(numbers)\n~~~\n", expected: DEFINED, notes: &[] },
    // human-eval-bia 76: fences of four and five backticks, some closed by others.
    Case { name: "a fence of five backticks", problem: function, kind: Chat,
        raw: "`````python\ndef total(numbers):\n    return sum(numbers)\n`````\n", expected: DEFINED, notes: &[] },
    Case { name: "an info string with more than a language", problem: function, kind: Chat,
        raw: "```python title=\"total.py\" linenums=\"1\"\ndef total(numbers):\n    return sum(numbers)\n```\n", expected: DEFINED, notes: &[] },
    Case { name: "an info string in braces", problem: function, kind: Chat,
        raw: "```{.python .numberLines}\ndef total(numbers):\n    return sum(numbers)\n```\n", expected: DEFINED, notes: &[] },
    Case { name: "a version in the language", problem: function, kind: Chat,
        raw: "```Python3.11\ndef total(numbers):\n    return sum(numbers)\n```\n", expected: DEFINED, notes: &[] },
    Case { name: "a block in a list", problem: function, kind: Chat,
        raw: "1. Do this:\n\n   ```python\n   def total(numbers):\n       return sum(numbers)\n   ```\n\n2. Done.",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "line ends of two characters", problem: function, kind: Chat,
        raw: "Here:\r\n```python\r\ndef total(numbers):\r\n    return sum(numbers)\r\n```\r\n",
        expected: DEFINED, notes: &["line_ends_changed", "prose_cut"] },
    // lm-evaluation-harness 3710, 4091: the first word of the code is taken for the language.
    Case { name: "code on the line of the opening fence", problem: function, kind: Chat,
        raw: "```def total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &[] },
    Case { name: "language and code on the line of the opening fence", problem: function, kind: Chat,
        raw: "```python def total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &[] },
    // microsoft/autogen 1834: a block on one line.
    Case { name: "a block on one line", problem: function, kind: Chat,
        raw: "It is ```python total = sum``` or so.\n\n```python total = sum```\n",
        expected: Program("total = sum\n"), notes: &["prose_cut"] },
    Case { name: "an opening fence at the end of a sentence", problem: function, kind: Chat,
        raw: "Here is the code: ```python\ndef total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a closing fence at the end of the code", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)```\nThat is all there is.",
        expected: DEFINED, notes: &["prose_cut"] },
    // lm-evaluation-harness 2648: the answer ends within the block.
    Case { name: "an unfinished block", problem: function, kind: Chat,
        raw: "Here it is:\n```python\ndef total(numbers):\n    return sum(numbers)\n", expected: DEFINED, notes: &["prose_cut"] },
    // can-ai-code 29, benchlocal-cli 120: a closing fence alone is taken for an opening one.
    Case { name: "a closing fence alone", problem: function, kind: Chat,
        raw: "def total(numbers):\n    return sum(numbers)\n```\n\nThis adds the numbers up.", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a closing fence alone at the end of the code", problem: function, kind: Chat,
        raw: "def total(numbers):\n    return sum(numbers)```", expected: DEFINED, notes: &[] },
    // lm-evaluation-harness 3710: the prompt opened the block, and the model begins with the language.
    Case { name: "the language and a closing fence", problem: function, kind: Chat,
        raw: "python\ndef total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &[] },
    Case { name: "a block that the next one ends", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    pass\n```python\ndef total(numbers):\n    return sum(numbers)\n```\n",
        expected: DEFINED, notes: &["prose_cut"] },

    // Which block.
    // evalscope 1167; simonw/llm 717: the first block is a draft.
    Case { name: "a draft and then the answer", problem: function, kind: Chat,
        raw: "First try:\n```python\ndef total(numbers):\n    return 0\n```\nThat is wrong. Better:\n```python\ndef total(numbers):\n    return sum(numbers)\n```\n",
        expected: DEFINED, notes: &["prose_cut"] },
    // LiveCodeBench 118: the last block is a summary.
    Case { name: "a summary in a block after the program", problem: stdio, kind: Chat,
        raw: "```python\nprint(sum(map(int, input().split())))\n```\n```\nTime: O(n)\nSpace: O(1)\n```\n",
        expected: Program("print(sum(map(int, input().split())))\n"), notes: &["prose_cut"] },
    Case { name: "an example of use after the function", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```\nUse it so:\n```python\nprint(total([1, 2]))\n```\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "tests in a block of their own", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```\n```python\ndef test_total():\n    assert total([1]) == 1\n\ntest_total()\n```\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "output in an untagged block", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```\nOutput:\n```\n3\n6\n```\n", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a shell command before the program", problem: stdio, kind: Chat,
        raw: "Run it:\n```bash\npython3 main.py < input.txt\n```\n```python\nprint(input())\n```\n",
        expected: Program("print(input())\n"), notes: &["prose_cut"] },
    Case { name: "example input and output around the program", problem: stdio, kind: Chat,
        raw: "For\n```\n1 2\n```\nthe answer is\n```\n3\n```\nThe program:\n```\na, b = map(int, input().split())\nprint(a + b)\n```\n",
        expected: Program("a, b = map(int, input().split())\nprint(a + b)\n"), notes: &["prose_cut"] },
    Case { name: "a fragment that is explained after the program", problem: stdio, kind: Chat,
        raw: "```python\nn = int(input())\nprint(n * 2)\n```\nThe line\n```python\nn * 2\n```\ndoubles it.",
        expected: Program("n = int(input())\nprint(n * 2)\n"), notes: &["prose_cut"] },
    Case { name: "the signature in a block before the answer", problem: function, kind: Chat,
        raw: "You want:\n```python\ndef total(numbers):\n    return sum(numbers)\n```\ninstead of\n```python\ndef total(numbers):\n    \"\"\"Add up.\"\"\"\n    ...\n```\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a finished block and one that was cut off", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```\nOr shorter:\n```python\ndef total(numbers):\n    retu",
        expected: DEFINED, notes: &["prose_cut"] },
    // evalplus 132: imports and helpers get lost.
    Case { name: "imports in a block of their own", problem: function, kind: Chat,
        raw: "First import:\n```python\nimport math\n```\nThen:\n```python\ndef total(numbers):\n    return math.fsum(numbers)\n```\n",
        expected: Program("import math\n\ndef total(numbers):\n    return math.fsum(numbers)\n"), notes: &["prose_cut"] },
    Case { name: "a helper in a later block", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return add(numbers)\n```\nwhere\n```python\ndef add(numbers):\n    return sum(numbers)\n```\n",
        expected: Program("def total(numbers):\n    return add(numbers)\n\ndef add(numbers):\n    return sum(numbers)\n"), notes: &[] },
    Case { name: "a program in two blocks", problem: stdio, kind: Chat,
        raw: "```python\ndef solve(a, b):\n    return a + b\n```\nand\n```python\na, b = map(int, input().split())\nprint(solve(a, b))\n```\n",
        expected: Program("def solve(a, b):\n    return a + b\n\na, b = map(int, input().split())\nprint(solve(a, b))\n"), notes: &[] },
    // can-ai-code 5; crates of other languages in the same answer.
    Case { name: "the same in two languages", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```\nIn JavaScript:\n```js\nfunction total(n) { return n.reduce((a, b) => a + b) }\n```\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "only another language", problem: function, kind: Chat,
        raw: "```cpp\nint total(std::vector<int> v) { return 0; }\n```\n", expected: Nothing("other_language"), notes: &[] },
    Case { name: "a wrong language for the right code", problem: function, kind: Chat,
        raw: "```javascript\ndef total(numbers):\n    return sum(numbers)\n```\n", expected: DEFINED, notes: &[] },
    Case { name: "pseudocode before the program", problem: stdio, kind: Chat,
        raw: "```text\nread n\nprint n\n```\n\n```python\nprint(input())\n```\n", expected: Program("print(input())\n"), notes: &["prose_cut"] },

    // Fences within fences.
    // smolagents 2652, MetaGPT 1984: a fence within the program ends the block.
    Case { name: "a fence in a docstring", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    \"\"\"Add up.\n\n    ```\n    total([1])\n    ```\n    \"\"\"\n    return sum(numbers)\n```\n",
        expected: Program("def total(numbers):\n    \"\"\"Add up.\n\n    ```\n    total([1])\n    ```\n    \"\"\"\n    return sum(numbers)\n"), notes: &[] },
    // AssemblyZero 310.
    Case { name: "a fence with a language at the margin of a string", problem: stdio, kind: Chat,
        raw: "```python\nprint('''\n```bash\nls\n```\n''')\n```\nDone.",
        expected: Program("print('''\n```bash\nls\n```\n''')\n"), notes: &["prose_cut"] },
    Case { name: "an answer within a block of Markdown", problem: function, kind: Chat,
        raw: "````markdown\nThe answer:\n```python\ndef total(numbers):\n    return sum(numbers)\n```\n````\n", expected: DEFINED, notes: &[] },
    Case { name: "a string without end does not hide the closing fence", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    \"\"\"Add up.\n    return sum(numbers)\n```\nThat is it.",
        expected: Program("def total(numbers):\n    \"\"\"Add up.\n    return sum(numbers)\n"), notes: &["prose_cut"] },

    // No fences.
    // LiveCodeBench 127: code without fences.
    Case { name: "code and nothing else", problem: stdio, kind: Chat,
        raw: "n = int(input())\nprint(n)\n", expected: Program("n = int(input())\nprint(n)\n"), notes: &[] },
    // human-eval-bia 76.
    Case { name: "prose around code without fences", problem: function, kind: Chat,
        raw: "It's a simple function. The code is as follows:\n\ndef total(numbers):\n    return sum(numbers)\n\nIt just returns the sum.\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "headings and a list around code without fences", problem: function, kind: Chat,
        raw: "**Solution**\n\ndef total(numbers):\n    return sum(numbers)\n\n- `sum` adds them up\n- it takes O(n)\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "two versions without fences", problem: function, kind: Chat,
        raw: "My first idea was:\n\ndef total(numbers):\n    return 0\n\nBut that is wrong, so:\n\ndef total(numbers):\n    return sum(numbers)\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "prose alone", problem: function, kind: Chat,
        raw: "I am sorry, but I can not help with that.", expected: Nothing("only_prose"), notes: &[] },
    Case { name: "nothing", problem: function, kind: Chat, raw: " \n\t\n", expected: Nothing("empty"), notes: &[] },
    Case { name: "typographic quotes stay what they are", problem: stdio, kind: Chat,
        raw: "```python\nprint(“hi”)\n```\n", expected: Program("print(“hi”)\n"), notes: &[] },
    Case { name: "prose in Chinese", problem: function, kind: Chat,
        raw: "以下是代码：\n\ndef total(numbers):\n    return sum(numbers)\n\n这个函数返回总和。\n", expected: DEFINED, notes: &["prose_cut"] },

    // A body.
    Case { name: "a body at four spaces", problem: body, kind: Completion,
        raw: "    return sum(numbers)\n", expected: SUM, notes: &[] },
    Case { name: "a body without indentation", problem: body, kind: Chat,
        raw: "```python\nreturn sum(numbers)\n```", expected: SUM, notes: &["body_indented"] },
    Case { name: "a body at two spaces", problem: body, kind: Completion,
        raw: "  t = 0\n  for n in numbers:\n    t += n\n  return t\n",
        expected: Body("    t = 0\n    for n in numbers:\n      t += n\n    return t\n"), notes: &["body_indented"] },
    Case { name: "a body at three spaces", problem: body, kind: Chat,
        raw: "   return sum(numbers)\n", expected: SUM, notes: &["body_indented"] },
    Case { name: "a body with tabs", problem: body, kind: Chat,
        raw: "```python\n\tfor n in numbers:\n\t\tpass\n\treturn n\n```\n",
        expected: Body("    for n in numbers:\n    \tpass\n    return n\n"), notes: &["body_indented"] },
    // Azure/azureml-assets 2234: the white space at the beginning was stripped.
    Case { name: "a body whose first line was stripped", problem: body, kind: Completion,
        raw: "t = 0\n    for n in numbers:\n        t += n\n    return t",
        expected: Body("    t = 0\n    for n in numbers:\n        t += n\n    return t\n"), notes: &["body_indented"] },
    Case { name: "a body that was stripped and begins with a loop", problem: body, kind: Completion,
        raw: "for n in numbers:\n        return n\n    return 0",
        expected: Body("    for n in numbers:\n        return n\n    return 0\n"), notes: &["body_indented"] },
    // aprender 1617: a space too many before the first word.
    Case { name: "a first line with a space too many", problem: body, kind: Completion,
        raw: "     t = sum(numbers)\n    return t\n", expected: Body("    t = sum(numbers)\n    return t\n"), notes: &["body_indented"] },
    // instruct-eval 19: the first token was stripped of some of its white space.
    Case { name: "a first line with a space too few", problem: body, kind: Completion,
        raw: "   t = 0\n    for n in numbers:\n        t += n\n    return t\n",
        expected: Body("    t = 0\n    for n in numbers:\n        t += n\n    return t\n"), notes: &["body_indented"] },
    Case { name: "a loop with two spaces too few", problem: body, kind: Completion,
        raw: "  for n in numbers:\n        return n\n    return 0\n",
        expected: Body("    for n in numbers:\n        return n\n    return 0\n"), notes: &["body_indented"] },
    Case { name: "a condition over two lines is no line with a space too few", problem: body, kind: Completion,
        raw: "    if (numbers and\n            numbers[0]):\n        return sum(numbers)\n",
        expected: Body("    if (numbers and\n            numbers[0]):\n        return sum(numbers)\n"), notes: &[] },
    Case { name: "a definition with a space too many", problem: function, kind: Chat,
        raw: "```python\n import math\n\ndef total(numbers):\n    return math.fsum(numbers)\n```",
        expected: Program("import math\n\ndef total(numbers):\n    return math.fsum(numbers)\n"), notes: &[] },
    Case { name: "a body with a space too many", problem: body, kind: Completion,
        raw: "     t = sum(numbers)\n     return t\n", expected: Body("    t = sum(numbers)\n    return t\n"), notes: &["body_indented"] },
    Case { name: "a string in a body that is moved", problem: body, kind: Chat,
        raw: "```python\ntext = '''a\nb'''\nreturn sum(numbers)\n```", expected: Body("    text = '''a\nb'''\n    return sum(numbers)\n"), notes: &["body_indented"] },
    // human-eval, bigcode-evaluation-harness 46, 119: what comes after the body.
    Case { name: "another function after the body", problem: body, kind: Completion,
        raw: "    return sum(numbers)\n\n\ndef other(x):\n    \"\"\"Never en", expected: SUM, notes: &["rest_dropped"] },
    Case { name: "a helper after the body", problem: body, kind: Completion,
        raw: "    return add(numbers)\n\ndef add(numbers):\n    return sum(numbers)\n\nprint(total([1]))\n",
        expected: Body("    return add(numbers)\n\ndef add(numbers):\n    return sum(numbers)\n"), notes: &["rest_dropped"] },
    // bigcode-evaluation-harness 308: a comment and a guard after the body.
    Case { name: "a main program after the body", problem: body, kind: Completion,
        raw: "    # add\n    return sum(numbers)\n\n# try it\nif __name__ == '__main__':\n    print(total([1]))\n",
        expected: Body("    # add\n    return sum(numbers)\n"), notes: &["rest_dropped"] },
    // bigcode-evaluation-harness 125: models trained on documents close the block.
    Case { name: "a fence after the body", problem: body, kind: Completion,
        raw: "    return sum(numbers)\n```\n\nThis is how it works:\n", expected: SUM, notes: &[] },
    // bigcode-evaluation-harness 311, 47: special tokens in the text.
    Case { name: "a special token after the body", problem: body, kind: Completion,
        raw: "    return sum(numbers)\n<|endoftext|>import os\n", expected: SUM, notes: &["special_token_cut"] },
    Case { name: "a special token that the program is about", problem: stdio, kind: Chat,
        raw: "```python\nprint(input().replace('<|endoftext|>', '').replace(\"</s>\", ''))\n```\n",
        expected: Program("print(input().replace('<|endoftext|>', '').replace(\"</s>\", ''))\n"), notes: &[] },
    // MultiPL-E: stop tokens of the problem.
    Case { name: "a stop token", problem: multipl_e, kind: Completion,
        raw: "    return add(numbers)\ndef add(x):\n    return 1\n", expected: Body("    return add(numbers)"), notes: &["stop_token_cut"] },
    // MultiPL-E 170: stop tokens must not cut a whole program.
    Case { name: "a whole program is not cut at stop tokens", problem: multipl_e, kind: Chat,
        raw: "```python\n# The function.\ndef total(numbers):\n    return add(numbers)\n\ndef add(x):\n    return sum(x)\n```\n",
        expected: Program("# The function.\ndef total(numbers):\n    return add(numbers)\n\ndef add(x):\n    return sum(x)\n"), notes: &["whole_program"] },
    Case { name: "a body for starter code", problem: method, kind: Chat,
        raw: "```python\nreturn sum(numbers)\n```\n",
        expected: Program("class Solution:\n    def total(self, numbers: list) -> int:\n        return sum(numbers)\n"), notes: &["body_indented", "starter_code_added"] },

    // Repeated signatures.
    // open-compass 129; gpt-code-clippy 62; evalchemy 50: the prompt is repeated.
    Case { name: "the whole prompt again", problem: body, kind: Chat,
        raw: "```python\ndef total(numbers: list) -> int:\n    \"\"\"Add numbers up.\n\n    >>> total([1, 2])\n    3\n    \"\"\"\n    return sum(numbers)\n```\n",
        expected: SUM, notes: &["prompt_dropped"] },
    Case { name: "the signature without its docstring", problem: body, kind: Chat,
        raw: "```python\ndef total(numbers: list) -> int:\n    return sum(numbers)\n```\n",
        expected: Program("def total(numbers: list) -> int:\n    return sum(numbers)\n"), notes: &["whole_program"] },
    Case { name: "the signature again in a completion", problem: body, kind: Completion,
        raw: "def total(numbers):\n    return sum(numbers)\n", expected: DEFINED, notes: &["whole_program"] },
    Case { name: "imports above the signature", problem: body, kind: Chat,
        raw: "```python\nimport math\n\n\ndef total(numbers):\n    return math.fsum(numbers)\n```\n",
        expected: Program("import math\n\n\ndef total(numbers):\n    return math.fsum(numbers)\n"), notes: &["whole_program"] },
    Case { name: "a whole program without the prompt's imports and helpers", problem: helper, kind: Chat,
        raw: "```python\ndef total(numbers: List[int]) -> int:\n    return half(2 * sum(numbers))\n```\n",
        expected: Program("from typing import List\n\ndef half(x):\n    return x / 2\n\ndef total(numbers: List[int]) -> int:\n    return half(2 * sum(numbers))\n"),
        notes: &["whole_program", "prompt_definitions_added"] },
    Case { name: "an import of the future before the prompt's", problem: helper, kind: Chat,
        raw: "```python\nfrom __future__ import annotations\ndef half(x):\n    return x\ndef total(numbers):\n    return 1\n```\n",
        expected: Program("from __future__ import annotations\nfrom typing import List\n\ndef half(x):\n    return x\ndef total(numbers):\n    return 1\n"),
        notes: &["whole_program", "prompt_definitions_added"] },

    // Classes and methods.
    // bigcode-evaluation-harness 119: the function comes in a class.
    Case { name: "a class where a function was asked for", problem: function, kind: Chat,
        raw: "```python\nclass Solution:\n    def total(self, numbers):\n        return sum(numbers)\n```\n",
        expected: Program("class Solution:\n    def total(self, numbers):\n        return sum(numbers)\n\ntotal = Solution().total\n"), notes: &["function_added"] },
    Case { name: "a method without its class", problem: method, kind: Chat,
        raw: "```python\n    def total(self, numbers):\n        return sum(numbers)\n```\n",
        expected: Program("class Solution:\n    def total(self, numbers):\n        return sum(numbers)\n"), notes: &["class_added"] },
    Case { name: "a function where a method was asked for", problem: method, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n```\n", expected: DEFINED, notes: &[] },
    // OpenCoder-llm 16: another name than the tests call.
    Case { name: "another name", problem: function, kind: Chat,
        raw: "```python\ndef add(numbers):\n    return sum(numbers)\n```\n",
        expected: Program("def add(numbers):\n    return sum(numbers)\n"), notes: &["entry_point_missing"] },

    // After the function.
    // evalplus 188: statements after the function.
    Case { name: "an example after the function", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n\n# Test the function\nn = [1]\nprint(total(n))\n```\n",
        expected: DEFINED, notes: &["tests_dropped"] },
    Case { name: "assertions and a guard after the function", problem: function, kind: Chat,
        raw: "def total(numbers):\n    return sum(numbers)\n\nassert total([1]) == 2\n\nif __name__ == \"__main__\":\n    total(1)\n",
        expected: Program("def total(numbers):\n    return sum(numbers)\n"), notes: &["tests_dropped"] },
    Case { name: "statements that the function needs stay", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return add(numbers)\n\nadd = sum\ntotal = wrap(total)\n```\n",
        expected: Program("def total(numbers):\n    return add(numbers)\n\nadd = sum\ntotal = wrap(total)\n"), notes: &[] },
    Case { name: "the guard of a program stays", problem: stdio, kind: Chat,
        raw: "```python\ndef main():\n    print(input())\n\nif __name__ == '__main__':\n    main()\n```\n",
        expected: Program("def main():\n    print(input())\n\nif __name__ == '__main__':\n    main()\n"), notes: &[] },

    Case { name: "an assertion in the middle", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return add(numbers)\nassert total([1]) == 1\n\ndef add(numbers):\n    return sum(numbers)\n```\n",
        expected: Program("def total(numbers):\n    return add(numbers)\n\ndef add(numbers):\n    return sum(numbers)\n"), notes: &["tests_dropped"] },
    Case { name: "input at the margin", problem: function, kind: Chat,
        raw: "```python\nn = int(input('n? '))\ndef total(numbers):\n    return sum(numbers)\n\na = [int(x) for x in input().split()]\nprint(total(a))\n```\n",
        expected: DEFINED, notes: &["tests_dropped"] },
    Case { name: "input that may fail and is needed", problem: function, kind: Chat,
        raw: "```python\ntry:\n    n = int(input())\nexcept EOFError:\n    n = 0\n\ndef total(numbers):\n    return sum(numbers) + n\n```\n",
        expected: Program("try:\n    n = int(input())\nexcept EOFError:\n    n = 0\n\ndef total(numbers):\n    return sum(numbers) + n\n"), notes: &[] },
    Case { name: "what is made of input at the margin", problem: function, kind: Chat,
        raw: "```python\nimport sys\ndata = sys.stdin.read().split()\nn = int(data[0])\ndef total(numbers):\n    return sum(numbers)\nn += 1\n```\n",
        expected: Program("import sys\ndef total(numbers):\n    return sum(numbers)\n"), notes: &["tests_dropped"] },
    Case { name: "what is set on the function stays", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return total.add(numbers)\ntotal.add = sum\n\ndef other():\n    pass\n```\n",
        expected: Program("def total(numbers):\n    return total.add(numbers)\ntotal.add = sum\n\ndef other():\n    pass\n"), notes: &[] },

    // Prose in the block: opencompass 2515.
    Case { name: "a sentence behind the code in a block", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n\nExplanation: it (just) adds them up.\n```",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a sentence before the code in a block", problem: function, kind: Chat,
        raw: "```\nHere is the function:\n\ndef total(numbers):\n    return sum(numbers)\n```",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a list behind a block that is not closed", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n\nExplanation:\n- it walks over numbers\n    - total\n- it adds each\n",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "sentences behind a block that is not closed", problem: function, kind: Chat,
        raw: "Here it is:\n```\ndef total(numbers):\n    return sum(numbers)\n\nThis function adds up. It's O(n).\nIt is quick.\nI hope it helps.",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a sentence in a program", problem: stdio, kind: Chat,
        raw: "```python\nimport sys\n\nNow the program:\n\nfor line in sys.stdin:\n    print(line)\n\nThat is all there is.\n```",
        expected: Program("import sys\n\nfor line in sys.stdin:\n    print(line)\n"), notes: &["prose_cut"] },

    Case { name: "examples behind the code in a block", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return sum(numbers)\n\nInput: numbers = [1, 2]\nOutput: 3\n```",
        expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a word behind the code", problem: stdio, kind: Chat,
        raw: "```python\nprint(input())\n\nExplanation\n```",
        expected: Program("print(input())\n"), notes: &["heading_dropped"] },

    // Lines above the code: inspect_ai 581, lm-evaluation-harness 3710.
    Case { name: "a language above code without a fence", problem: function, kind: Chat,
        raw: "Python\n\ndef total(numbers):\n    return sum(numbers)\n", expected: DEFINED, notes: &["heading_dropped"] },
    Case { name: "a file above a bare fence", problem: function, kind: Chat,
        raw: "src/solution.py\n```\ndef total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a file in a block", problem: stdio, kind: Chat,
        raw: "```python\nmain.py\nprint(input())\n```", expected: Program("print(input())\n"), notes: &["heading_dropped"] },
    Case { name: "a call above a bare fence", problem: function, kind: Chat,
        raw: "total([1, 2])\n```\ndef total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a call above the code", problem: function, kind: Chat,
        raw: "total([1, 2])\n\ndef total(numbers):\n    return sum(numbers)\n", expected: DEFINED, notes: &["heading_dropped"] },
    Case { name: "a bare fence that closes code, and output behind it", problem: function, kind: Chat,
        raw: "def total(numbers):\n    return sum(numbers)\n```\n```\nprint(total([1]))\n```\n", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "a draft above a bare fence", problem: function, kind: Chat,
        raw: "def total(numbers):\n    return 0\n```\ndef total(numbers):\n    return sum(numbers)\n```", expected: DEFINED, notes: &["prose_cut"] },

    // Thinking.
    // evalplus 297; evalscope 867; lm-evaluation-harness 2682.
    Case { name: "thinking with a draft in it", problem: function, kind: Chat,
        raw: "<think>\nMaybe\n```python\ndef total(numbers):\n    return 0\n```\n</think>\n\n```python\ndef total(numbers):\n    return sum(numbers)\n```",
        expected: DEFINED, notes: &["thinking_removed"] },
    Case { name: "thinking that the prompt opened", problem: function, kind: Chat,
        raw: "So the user wants a sum.\n```python\ndef total(numbers):\n    return 0\n```\nNo.\n</think>\n```python\ndef total(numbers):\n    return sum(numbers)\n```",
        expected: DEFINED, notes: &["thinking_removed"] },
    // hermes-agent 69433, olmo-eval 389: the answer was cut off within.
    Case { name: "thinking without end", problem: function, kind: Chat,
        raw: "<think>\nMaybe\n```python\ndef total(numbers):\n    return 0\n```\nWait,", expected: Nothing("unfinished_thinking"), notes: &[] },
    Case { name: "thinking alone", problem: function, kind: Chat,
        raw: "<thinking>It is a sum.</thinking>\n", expected: Nothing("only_thinking"), notes: &[] },
    // qwen-code 11969: opened by one tag and closed by another.
    Case { name: "thinking between tags that differ", problem: function, kind: Chat,
        raw: "<reasoning>\nA sum.\n</think>\ndef total(numbers):\n    return sum(numbers)\n", expected: DEFINED, notes: &["thinking_removed"] },
    // nanobot 3020: a tag that is only mentioned.
    Case { name: "a thinking tag in the program", problem: stdio, kind: Chat,
        raw: "```python\nprint(input().split('</think>')[-1], '<think>')\n```\n",
        expected: Program("print(input().split('</think>')[-1], '<think>')\n"), notes: &[] },
    Case { name: "channels", problem: function, kind: Chat,
        raw: "<|channel|>analysis<|message|>A sum.<|end|><|start|>assistant<|channel|>final<|message|>```python\ndef total(numbers):\n    return sum(numbers)\n```",
        expected: DEFINED, notes: &["thinking_removed"] },

    // Wrappers.
    Case { name: "a byte order mark", problem: function, kind: Chat,
        raw: "\u{feff}def total(numbers):\n    return sum(numbers)\n", expected: DEFINED, notes: &[] },
    Case { name: "an object of JSON", problem: function, kind: Chat,
        raw: "{\"explanation\": \"A sum.\", \"code\": \"def total(numbers):\\n    return sum(numbers)\\n\"}", expected: DEFINED, notes: &["json_unwrapped"] },
    // langchain 5428: JSON in a fence with a fence in it.
    Case { name: "a fence in JSON in a fence", problem: function, kind: Chat,
        raw: "```json\n{\"answer\": \"So:\\n```python\\ndef total(numbers):\\n    return sum(numbers)\\n```\"}\n```", expected: DEFINED, notes: &["json_unwrapped", "prose_cut"] },
    Case { name: "a string of JSON", problem: function, kind: Chat,
        raw: "\"def total(numbers):\\n    return sum(numbers)\\n\"", expected: DEFINED, notes: &["json_unwrapped"] },
    // open-compass 1407: the few-shot format goes on after the answer.
    Case { name: "the next task after [DONE]", problem: function, kind: Completion,
        raw: "def total(numbers):\n    return sum(numbers)\n[DONE]\n\nYour next task is here.\n[BEGIN]\ndef other():\n    pass\n[DONE]\n", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "[BEGIN] and [DONE]", problem: function, kind: Chat,
        raw: "[BEGIN]\ndef total(numbers):\n    return sum(numbers)\n[DONE]", expected: DEFINED, notes: &[] },
    Case { name: "[PYTHON]", problem: function, kind: Chat,
        raw: "[PYTHON]\ndef total(numbers):\n    return sum(numbers)\n[/PYTHON]\n[TESTS]\nassert total([1]) == 1\n[/TESTS]\n", expected: DEFINED, notes: &["prose_cut"] },
    // smolagents 1870: tags of HTML.
    Case { name: "<code>", problem: function, kind: Chat,
        raw: "The code:\n<code>\ndef total(numbers):\n    return sum(numbers)\n</code>\n", expected: DEFINED, notes: &["prose_cut"] },
    Case { name: "escapes of HTML", problem: function, kind: Chat,
        raw: "```python\ndef total(numbers):\n    return 0 if len(numbers) &lt; 1 else sum(numbers)\n```\n",
        expected: Program("def total(numbers):\n    return 0 if len(numbers) < 1 else sum(numbers)\n"), notes: &["html_unescaped"] },
    Case { name: "escapes of HTML that the program is about", problem: stdio, kind: Chat,
        raw: "```python\nprint(input().replace('<', '&lt;'))\n```\n", expected: Program("print(input().replace('<', '&lt;'))\n"), notes: &[] },
    Case { name: "marks of the interpreter", problem: function, kind: Chat,
        raw: "```pycon\n>>> def total(numbers):\n...     return sum(numbers)\n...\n>>> total([1, 2])\n3\n```\n", expected: DEFINED, notes: &["interpreter_marks_removed", "tests_dropped"] },
    Case { name: "line numbers", problem: function, kind: Chat,
        raw: "```python\n1 def total(numbers):\n2     return sum(numbers)\n```\n", expected: DEFINED, notes: &["line_numbers_removed"] },
    // can-ai-code 29: the answer comes as a quotation.
    Case { name: "marks of a quotation", problem: function, kind: Chat,
        raw: "> def total(numbers):\n>     return sum(numbers)\n>```\n", expected: DEFINED, notes: &["quote_marks_removed"] },

    // Other languages.
    Case { name: "a continuation in Lua", problem: lua, kind: Completion,
        raw: "    return numbers[1]\nend\nlocal x = 1\n", expected: Body("    return numbers[1]\nend"), notes: &["stop_token_cut"] },
    // DeepSeek-Coder 111: the model is asked to repeat the code in a block.
    Case { name: "the prompt again in Lua", problem: lua, kind: Chat,
        raw: "Sure:\n```lua\n-- Add numbers up.\nlocal function total(numbers)\n    return numbers[1]\nend\n```\n",
        expected: Body("    return numbers[1]\nend\n"), notes: &["prose_cut", "prompt_dropped"] },
    Case { name: "the signature again in Lua", problem: lua, kind: Chat,
        raw: "```lua\nlocal function total(numbers)\n    return numbers[1]\nend\n```\n",
        expected: Body("    return numbers[1]\nend\n"), notes: &["signature_dropped"] },
];

/// All cases.
fn cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(unusual::CASES)
}
