//! Records and bytes that were changed at random: nothing panics.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Values of every type, to be put where they do not belong.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[a-z0-9\\[\\]{}\":,+j-]{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            proptest::collection::btree_map(
                prop_oneof![
                    Just("input".to_owned()),
                    Just("output".to_owned()),
                    Just("language".to_owned()),
                    "[a-z]{1,3}"
                ],
                inner,
                0..3
            )
            .prop_map(|fields: BTreeMap<String, Json>| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// Puts a value somewhere in a record: the numbers say which way to go.
fn change(json: &mut Json, way: &[usize], value: Json) {
    let Some((&step, rest)) = way.split_first() else {
        *json = value;
        return;
    };
    match json {
        Json::Object(fields) if !fields.is_empty() => {
            let index = step % fields.len();
            let (_, field) = fields.iter_mut().nth(index).unwrap();
            change(field, rest, value);
        }
        Json::Array(items) if !items.is_empty() => {
            let index = step % items.len();
            change(&mut items[index], rest, value);
        }
        other => *other = value,
    }
}

proptest! {
    #[test]
    fn changed_records_are_loaded_or_refused_without_panic(
        file in 0..FILES.len() + published::PUBLISHED.len(),
        which in any::<prop::sample::Index>(),
        way in proptest::collection::vec(any::<usize>(), 1..5),
        value in any_json(),
        as_text in any::<bool>(),
        drop_field in any::<bool>(),
    ) {
        let (name, dataset) = [&FILES[..], &published::PUBLISHED].concat()[file];
        let mut rows = rows_of(name);
        let row = which.index(rows.len());
        if drop_field {
            let fields = rows[row].as_object_mut().unwrap();
            let field = fields.keys().nth(way[0] % fields.len()).unwrap().clone();
            fields.remove(&field);
        } else {
            // Some formats keep JSON in texts.
            let value = if as_text { Json::from(value.to_string()) } else { value };
            change(&mut rows[row], &way, value);
        }
        for dataset in [None, Some(dataset)] {
            if let Ok(set) = load_rows(&rows, dataset) {
                prop_assert!(set.problems().all(|problem| problem.is_ok()));
            }
        }
    }

    #[test]
    fn changed_bytes_are_loaded_or_refused_without_panic(
        file in 0..FILES.len(),
        position in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut content = fs::read(fixture(FILES[file].0)).unwrap();
        let position = position.index(content.len());
        content[position] = byte;
        let _ = load_bytes(&content, None);
        content.truncate(cut.index(content.len()));
        let _ = load_bytes(&content, None);
    }

    #[test]
    fn any_json_is_refused_as_every_format(rows in proptest::collection::vec(any_json(), 1..3), which in 0..Dataset::ALL.len() - 1) {
        let _ = load_rows(&rows, None);
        let _ = load_rows(&rows, Some(Dataset::ALL[which]));
    }
}
