//! JSON has no tuples, sets and complex numbers, so MBPP+ says by the number of a problem what its inputs really are.
//! The facts are those of EvalPlus's `mbpp_deserialize_inputs`.

use crate::shown::shown;
use crate::value::Value;

/// How the arguments of a problem are converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    /// Which arguments, and what each becomes.
    steps: &'static [(Which, Shape)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Every,
    First,
    Second,
}

/// What a value becomes. Where a list is expected, any other value stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A list becomes a tuple.
    Tuple,
    /// The lists in a list become tuples.
    ListOfTuples,
    /// The lists in a list become tuples, and so does the list.
    TupleOfTuples,
    /// All lists become tuples, however deep.
    TuplesThroughout,
    /// The lists in a list become sets; empty ones, and what is no list, become empty dictionaries.
    ListOfSets,
    /// The lists in a dictionary become tuples.
    DictOfTuples,
    /// A text becomes the number that it writes.
    Float,
    /// A text becomes the complex number that it writes.
    Complex,
}

impl Conversion {
    /// Arguments stay as they are.
    pub(super) const NONE: Conversion = Conversion { steps: &[] };

    /// The conversion of the problem of that number.
    pub(super) fn of(number: u64) -> Conversion {
        use Shape::*;
        use Which::*;
        let steps: &[(Which, Shape)] = match number {
            2 | 116 | 132 | 143 | 222 | 261 | 273 | 394 | 399 | 421 | 424 | 429 | 470 | 560 | 579 | 596
            | 616 | 630 | 726 | 740 | 744 | 809 => &[(Every, Tuple)],
            63 | 64 | 70 | 94 | 120 | 237 | 272 | 299 | 400 | 409 | 417 | 438 | 473 | 614 | 780 => {
                &[(Every, ListOfTuples)]
            }
            75 | 413 | 444 | 753 => &[(First, ListOfTuples)],
            106 | 750 => &[(Second, Tuple)],
            115 => &[(First, ListOfSets)],
            124 => &[(First, Float), (Second, Complex)],
            250 | 307 | 405 | 446 | 617 | 720 | 763 | 808 => &[(First, Tuple)],
            259 | 401 | 445 => &[(Every, TupleOfTuples)],
            278 => &[(First, TupleOfTuples)],
            722 => &[(First, DictOfTuples)],
            252 => &[(First, Complex)],
            580 | 615 | 791 => &[(Every, TuplesThroughout)],
            _ => &[],
        };
        Conversion { steps }
    }

    /// Converts a list of arguments.
    ///
    /// # Errors
    ///
    /// When a text that must write a number does not; the error says so and what to do.
    pub(super) fn apply(self, mut arguments: Vec<Value>) -> Result<Vec<Value>, String> {
        for &(which, shape) in self.steps {
            let chosen = match which {
                Which::Every => 0..arguments.len(),
                Which::First => 0..arguments.len().min(1),
                Which::Second => arguments.len().min(1)..arguments.len().min(2),
            };
            for argument in &mut arguments[chosen] {
                let value = std::mem::replace(argument, Value::None);
                *argument = shape.apply(value)?;
            }
        }
        Ok(arguments)
    }
}

impl Shape {
    fn apply(self, value: Value) -> Result<Value, String> {
        Ok(match (self, value) {
            (Shape::Tuple, value) => tuple(value),
            (Shape::ListOfTuples, Value::List(items)) => Value::List(items.into_iter().map(tuple).collect()),
            (Shape::TupleOfTuples, Value::List(items)) => {
                Value::Tuple(items.into_iter().map(tuple).collect())
            }
            (Shape::TuplesThroughout, value) => tuples_throughout(value),
            (Shape::ListOfSets, Value::List(items)) => {
                let set = |item| match item {
                    Value::List(items) if !items.is_empty() => Value::Set(items),
                    _ => Value::Dict(Vec::new()),
                };
                Value::List(items.into_iter().map(set).collect())
            }
            (Shape::DictOfTuples, Value::Dict(items)) => {
                Value::Dict(items.into_iter().map(|(key, value)| (key, tuple(value))).collect())
            }
            (Shape::Float, Value::Int(value)) => Value::Float(value as f64),
            (Shape::Float, Value::Str(text)) => {
                Value::Float(float(text.trim()).ok_or_else(|| not_a_number(&text))?)
            }
            (Shape::Complex, Value::Int(value)) => Value::Complex(value as f64, 0.0),
            (Shape::Complex, Value::Float(value)) => Value::Complex(value, 0.0),
            (Shape::Complex, Value::Str(text)) => {
                let (real, imaginary) = complex(&text).ok_or_else(|| not_a_number(&text))?;
                Value::Complex(real, imaginary)
            }
            (_, value) => value,
        })
    }
}

fn not_a_number(text: &str) -> String {
    format!("holds {:?}, which writes no number; fetch the file again", shown(text))
}

fn tuple(value: Value) -> Value {
    match value {
        Value::List(items) => Value::Tuple(items),
        other => other,
    }
}

fn tuples_throughout(value: Value) -> Value {
    match value {
        Value::List(items) => Value::Tuple(items.into_iter().map(tuples_throughout).collect()),
        other => other,
    }
}

/// The number that a text writes in Python. Rust's grammar is the same but for underscores, which the set does not use.
fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Real and imaginary part of the number that a text writes as `complex` reads it: `(1-2j)`, `3`, `j`.
fn complex(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    let text = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text).trim();
    let Some(before_j) = text.strip_suffix(['j', 'J']) else { return Some((float(text)?, 0.0)) };
    // The sign between the parts: the last one that does not belong to an exponent.
    let sign = before_j
        .char_indices()
        .rev()
        .find(|&(at, character)| matches!(character, '+' | '-') && !before_j[..at].ends_with(['e', 'E']));
    let (real, imaginary) = match sign {
        Some((at, _)) => before_j.split_at(at),
        None => ("", before_j),
    };
    let imaginary = match imaginary {
        "" | "+" => 1.0,
        "-" => -1.0,
        digits => float(digits)?,
    };
    Some((if real.is_empty() { 0.0 } else { float(real)? }, imaginary))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(items: impl IntoIterator<Item = i64>) -> Value {
        Value::List(items.into_iter().map(Value::Int).collect())
    }

    fn tuple_of(items: impl IntoIterator<Item = i64>) -> Value {
        Value::Tuple(items.into_iter().map(Value::Int).collect())
    }

    fn converted(number: u64, arguments: Vec<Value>) -> Vec<Value> {
        Conversion::of(number).apply(arguments).unwrap()
    }

    #[test]
    fn each_rule_gives_the_types_that_upstream_gives() {
        assert_eq!(converted(1, vec![list([1])]), [list([1])]);
        assert_eq!(converted(2, vec![list([1]), list([])]), [tuple_of([1]), tuple_of([])]);
        let nested = || Value::List(vec![list([1]), list([2])]);
        let tuples = || vec![tuple_of([1]), tuple_of([2])];
        assert_eq!(converted(63, vec![nested(), nested()]), [Value::List(tuples()), Value::List(tuples())]);
        assert_eq!(converted(75, vec![nested(), list([6])]), [Value::List(tuples()), list([6])]);
        assert_eq!(converted(106, vec![list([1]), list([2])]), [list([1]), tuple_of([2])]);
        assert_eq!(converted(250, vec![list([1]), list([2])]), [tuple_of([1]), list([2])]);
        assert_eq!(
            converted(307, vec![list([1]), Value::Int(2), list([3])])[1..],
            [Value::Int(2), list([3])]
        );
        assert_eq!(
            converted(259, vec![nested(), nested()]),
            [Value::Tuple(tuples()), Value::Tuple(tuples())]
        );
        let mixed = Value::List(vec![Value::Int(7), list([1])]);
        assert_eq!(converted(278, vec![mixed]), [Value::Tuple(vec![Value::Int(7), tuple_of([1])])]);
        let deep = Value::List(vec![Value::List(vec![list([1])]), Value::Int(2)]);
        let deep_tuple = Value::Tuple(vec![Value::Tuple(vec![tuple_of([1])]), Value::Int(2)]);
        assert_eq!(converted(580, vec![deep]), [deep_tuple]);
    }

    #[test]
    fn sets_dictionaries_and_complex_numbers() {
        let sets = Value::List(vec![list([1, 2]), list([]), Value::Dict(vec![])]);
        let empty = || Value::Dict(vec![]);
        let set = Value::Set(vec![Value::Int(1), Value::Int(2)]);
        assert_eq!(converted(115, vec![sets]), [Value::List(vec![set, empty(), empty()])]);
        let ages = Value::Dict(vec![("a".into(), list([1, 2]))]);
        let expected = [Value::Dict(vec![("a".into(), tuple_of([1, 2]))]), Value::Float(6.0)];
        assert_eq!(converted(722, vec![ages, Value::Float(6.0)]), expected);
        assert_eq!(converted(252, vec!["(3+4j)".into()]), [Value::Complex(3.0, 4.0)]);
        assert_eq!(
            converted(124, vec!["0".into(), "1j".into()]),
            [Value::Float(0.0), Value::Complex(0.0, 1.0)]
        );
        assert!(Conversion::of(124).apply(vec!["x".into()]).unwrap_err().contains("writes no number"));
    }

    #[test]
    fn complex_numbers_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("3", (3.0, 0.0)),
            ("-1e-3", (-1e-3, 0.0)),
            ("j", (0.0, 1.0)),
            ("-j", (0.0, -1.0)),
            ("(1e-5-2E+3j)", (1e-5, -2e3)),
            (" ( -0.5+j ) ", (-0.5, 1.0)),
            ("-inf+2j", (f64::NEG_INFINITY, 2.0)),
        ] {
            assert_eq!(complex(text), Some(expected), "{text}");
        }
        for text in ["", "()", "1+", "x", "1+xj", "1+2", "(1"] {
            assert_eq!(complex(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_python_writes_is_read_back(real in any::<f64>(), imaginary in any::<f64>()) {
            // Python writes (1-2j) with the sign of the imaginary part between the two.
            let (read_real, read_imaginary) = complex(&format!("({real:e}{imaginary:+e}j)")).unwrap();
            prop_assert_eq!(read_real.to_bits(), real.to_bits());
            prop_assert_eq!(read_imaginary.to_bits(), imaginary.to_bits());
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[0-9+\\-ejJ(). é]{0,12}") {
            let _ = complex(&text);
        }
    }
}
