//! APPS, as a folder, as lines and as Parquet.

use super::*;

#[test]
fn apps_as_a_tree_lines_and_parquet_is_the_same() {
    let rows = load_fixture("apps.jsonl");
    let parquet = load_fixture("apps.parquet");
    assert!(rows.entries().eq(parquet.entries()));
    let tree = load_fixture("apps");
    assert_eq!((tree.name.as_str(), names(&tree)), ("apps", vec!["0000", "0001", "0002"]));
    for (number, problem) in rows.problems().enumerate() {
        let mut problem = problem.unwrap();
        assert_eq!(problem.task_id.as_str(), number.to_string());
        problem.task_id = format!("{number:04}").into();
        assert_eq!(tree.problem(problem.task_id.as_str()).unwrap(), problem);
    }
    for set in [&rows, &parquet, &tree] {
        assert_eq!(set.notes, ["1 problem without tests left out"]);
    }
}

#[test]
fn apps_has_calls_and_stdio() {
    let set = load_fixture("apps");
    let sum = set.problem("0000").unwrap();
    assert_eq!(sum.tests[0].body, stdio("1\n2\n", "3\n"));
    assert_eq!(sum.tests[1].body, stdio("5\n-7", "-2"), "lists are lines");
    assert_eq!((sum.references.len(), sum.starter_code.as_ref()), (2, None));
    assert_eq!(sum.facts.source.as_deref(), Some("example-judge.com"));
    assert_eq!(sum.facts.difficulty.as_deref(), Some("interview"));
    let running = set.problem("0001").unwrap();
    assert_eq!(running.tests[0].body, call(vec![ints([1, 2, 3])], Some(Value::List(vec![ints([1, 3, 6])]))));
    assert_eq!(running.entry_point.as_deref(), Some("running"));
    assert!(running.starter_code.unwrap().starts_with("def running"));
    let dictionary = |items: [(i64, i64); 2]| {
        Value::Dict(items.map(|(key, value)| (Value::Int(key), Value::Int(value))).to_vec())
    };
    let swap = &set.problem("0002").unwrap().tests[0].body;
    assert_eq!(*swap, call(vec![dictionary([(1, 2), (-3, 4)])], Some(dictionary([(2, 1), (4, -3)]))));
}

#[test]
fn odd_rows_of_apps() {
    let row = json!({"question": "?", "difficulty": "interview", "url": null, "solutions": "", "starter_code": null,
                     "input_output": {"fn_name": "f", "inputs": ["[1]\n2\n"], "outputs": ["[3]"]}});
    let set = load_rows(std::slice::from_ref(&row), None).unwrap();
    let problem = set.problem("0000").unwrap();
    assert_eq!(problem.tests[0].body, call(vec![ints([1]), Value::Int(2)], Some(ints([3]))));
    assert!(problem.references.is_empty());

    let input_output = |value: Json| with(row.clone(), "input_output", value);
    for nothing in [json!(""), json!(null), json!("{}"), json!("{\"inputs\": [], \"outputs\": []}")] {
        let set = load_rows(&[row.clone(), input_output(nothing.clone())], None).unwrap();
        assert_eq!((set.len(), set.notes.len()), (1, 1));
        let error = load_rows(&[input_output(nothing)], None).unwrap_err();
        assert!(matches!(error, LoadError::NothingToJudge { .. }));
    }
    let uneven = fault_of(input_output(json!("{\"inputs\": [\"\"], \"outputs\": []}")));
    assert!(uneven.starts_with("field `input_output.outputs` has 0 items, and `inputs` has 1"), "{uneven}");
    let wrong = fault_of(input_output(json!({"inputs": [["a", {}]], "outputs": ["x"]})));
    let expected =
        "field `input_output.inputs[0][1]` is an object; it must be a string, or a list of strings";
    assert_eq!(wrong, expected);
    assert!(fault_of(input_output(json!("["))).contains("holds text that is not valid JSON"));
    let name = fault_of(input_output(json!({"fn_name": "a b", "inputs": [], "outputs": []})));
    assert!(name.starts_with("field `input_output.fn_name` is \"a b\", which can not name a function"));
}

#[test]
fn a_damaged_folder_of_apps_names_file_and_field() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("7");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("question.txt"), "?").unwrap();
    fs::write(folder.join("input_output.json"), "{\"inputs\"").unwrap();
    let error = load(directory.path(), None).unwrap_err().to_string();
    assert!(error.contains("/7, the folder: field `input_output` holds text"), "{error}");
    fs::write(folder.join("input_output.json"), b"\xff").unwrap();
    let error = load(directory.path(), None).unwrap_err();
    assert!(matches!(&error, LoadError::Io { path, .. } if path.ends_with("7/input_output.json")));
    let error = load(directory.path(), Some(Dataset::Mbpp)).unwrap_err();
    assert!(matches!(error, LoadError::Directory { .. }));
}

/// A set like APPS with this many problems of 13 tests each, one row at a time.
fn write_apps(path: &Path, problems: usize) {
    let mut file = io::BufWriter::new(fs::File::create(path).unwrap());
    for number in 0..problems {
        let inputs: Vec<String> =
            (0..13).map(|test| format!("{test} {}\n", "7 ".repeat(number % 500))).collect();
        let input_output = json!({"inputs": inputs, "outputs": vec!["1\n"; 13]}).to_string();
        let row = json!({"problem_id": number, "question": "?", "solutions": "[\"pass\"]",
                         "input_output": input_output, "difficulty": "interview", "url": "", "starter_code": ""});
        io::Write::write_all(&mut file, format!("{row}\n").as_bytes()).unwrap();
    }
}

#[test]
fn many_problems_are_loaded_one_by_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("apps.jsonl");
    write_apps(&path, 300);
    let set = load(&path, None).unwrap();
    assert_eq!(set.len(), 300);
    assert_eq!(set.entries().map(|(_, entry)| entry.tests).sum::<u32>(), 3900);
    assert_eq!(set.problem("299").unwrap().tests.len(), 13);
}
