//! Reads large JSON value by value. jiter's own values of a whole text would take as much memory again as what is made
//! of them.

use indexmap::IndexMap;
use jiter::{Jiter, NumberAny, NumberInt, Peek};

use crate::value::Value;

/// Values nested deeper than this are left to the other reader, which says that they are too deep.
const DEEPEST: usize = 150;

/// The value in a text; nothing where that is not quite the JSON that most texts are, and the other reader has to say
/// what it is.
pub(super) fn read(text: &[u8]) -> Option<Value> {
    let mut jiter = Jiter::new(text).with_allow_inf_nan();
    let peek = jiter.peek().ok()?;
    let value = value(&mut jiter, peek, 0)?;
    jiter.finish().ok()?;
    Some(value)
}

fn value(jiter: &mut Jiter<'_>, peek: Peek, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    Some(match peek {
        Peek::Null => {
            jiter.known_null().ok()?;
            Value::None
        }
        Peek::True | Peek::False => Value::Bool(jiter.known_bool(peek).ok()?),
        Peek::String => Value::Str(jiter.known_str().ok()?.to_owned()),
        Peek::Array => {
            let mut items = Vec::new();
            let mut next = jiter.known_array().ok()?;
            while let Some(peek) = next {
                items.push(value(jiter, peek, depth + 1)?);
                next = jiter.array_step().ok()?;
            }
            // Much larger than what is in it, an array would keep the memory that it grew by.
            items.shrink_to_fit();
            Value::List(items)
        }
        Peek::Object => {
            let mut entries: IndexMap<String, Value> = IndexMap::new();
            let mut key = jiter.known_object().ok()?.map(str::to_owned);
            while let Some(name) = key {
                let peek = jiter.peek().ok()?;
                entries.insert(name, value(jiter, peek, depth + 1)?);
                key = jiter.next_key().ok()?.map(str::to_owned);
            }
            Value::Dict(entries.into_iter().map(|(key, value)| (Value::Str(key), value)).collect())
        }
        other => match jiter.known_number(other).ok()? {
            NumberAny::Int(NumberInt::Int(int)) => Value::Int(int),
            NumberAny::Int(NumberInt::BigInt(big)) => big.into(),
            NumberAny::Float(float) => Value::Float(float),
        },
    })
}
