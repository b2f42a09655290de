//! What several fuzz targets share: arbitrary values and texts, and problems made of them.

use arbitrary::{Result, Unstructured};
use karat::problem::{Language, Problem, Test, TestBody};
use karat::value::{Value, hashable};

/// Values as deep as this are made, and no deeper.
const DEEPEST: u32 = 5;

/// A value; small numbers and short texts more often than others, so that equal ones meet.
pub fn value(bytes: &mut Unstructured<'_>) -> Result<Value> {
    any_value(bytes, DEEPEST)
}

fn any_value(bytes: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    let kinds = if depth == 0 { 11 } else { 16 };
    Ok(match bytes.int_in_range(0..=kinds - 1)? {
        0 => Value::None,
        1 => Value::Ellipsis,
        2 => Value::Bool(bytes.arbitrary()?),
        3 => Value::Int(bytes.int_in_range(-2..=2)?),
        4 => Value::Int(bytes.arbitrary()?),
        5 => num_bigint::BigInt::from_signed_bytes_le(bytes.bytes(12)?).into(),
        6 => Value::Float(float(bytes)?),
        7 => Value::Complex(float(bytes)?, float(bytes)?),
        8 => Value::Str(bytes.arbitrary::<&str>()?.to_owned()),
        9 => Value::Bytes(bytes.arbitrary()?),
        10 => surrogates(bytes)?,
        11 => Value::List(items(bytes, depth)?),
        12 => Value::Tuple(items(bytes, depth)?),
        // What a guest writes twice into a set stays there twice.
        13 => Value::Set(items(bytes, depth)?.into_iter().filter(hashable).collect()),
        14 => Value::FrozenSet(items(bytes, depth)?.into_iter().filter(hashable).collect()),
        _ => {
            let keys = items(bytes, depth)?.into_iter().filter(hashable);
            Value::Dict(keys.zip(items(bytes, depth)?).collect())
        }
    })
}

fn items(bytes: &mut Unstructured<'_>, depth: u32) -> Result<Vec<Value>> {
    (0..bytes.int_in_range(0..=4)?).map(|_| any_value(bytes, depth - 1)).collect()
}

fn float(bytes: &mut Unstructured<'_>) -> Result<f64> {
    const SPECIAL: [f64; 9] = [0.0, -0.0, 1.0, 2.0, 0.5, 1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    if bytes.ratio(3, 4)? { bytes.choose(&SPECIAL).copied() } else { bytes.arbitrary() }
}

/// A text with a lone surrogate, as Python may have them.
fn surrogates(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let mut text = bytes.arbitrary::<&str>()?.as_bytes().to_vec();
    text.extend([0xed, bytes.int_in_range(0xa0..=0xbf)?, bytes.int_in_range(0x80..=0xbf)?]);
    Ok(Value::SurrogateStr(text))
}

/// A problem that an answer is fitted to: any language, with and without prompt, entry point and tests.
pub fn problem(bytes: &mut Unstructured<'_>) -> Result<Problem> {
    const PROMPTS: [&str; 6] = [
        "",
        "def f(x):\n    \"\"\" doc \"\"\"\n",
        "import math\nfrom typing import List\n\ndef f(x: List[int]) -> int:\n\t'''doc\n  '''",
        "class A:\n    def g(self):\n        pass\n\ndef f(x):\n",
        "\"\"\"\nassert f(1) == 2\n\"\"\"\n",
        "local function f(x)\n",
    ];
    let language = if bytes.ratio(3, 4)? { Language::Python } else { *bytes.choose(Language::ALL)? };
    let mut problem = Problem::new("t", language);
    problem.prompt = (*bytes.choose(&PROMPTS)?).to_owned();
    problem.entry_point = bytes.arbitrary::<bool>()?.then(|| "f".to_owned());
    if bytes.arbitrary()? {
        problem.stop_tokens = vec!["\ndef".into(), "\nclass".into(), "\n#".into(), "\nprint".into()];
    }
    if bytes.arbitrary()? {
        problem.starter_code = Some("class Solution:\n    def f(self, x):\n        pass".to_owned());
    }
    match bytes.int_in_range(0..=3)? {
        0 => problem
            .tests
            .push(Test::hidden(TestBody::Stdio { input: String::new(), expected: String::new() })),
        1 => problem.tests.push(Test::hidden(TestBody::Call { arguments: Vec::new(), expected: None })),
        2 => problem
            .tests
            .push(Test::hidden(TestBody::Assertions { source: String::new(), calls_check: false })),
        _ => {}
    }
    Ok(problem)
}
