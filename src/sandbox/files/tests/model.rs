//! The file system beside a simple model of one, step by step.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Files that cells share, and the model of them.
pub(super) fn shared() -> (FileTree, Model) {
    let files = [("a/b", &b"shared"[..]), ("a/c/a", b""), ("b", b"1234")];
    let tree = FileTree::new(files.map(|(path, bytes)| (path, Arc::from(bytes)))).unwrap();
    let mut model: BTreeMap<String, Option<Vec<u8>>> =
        files.iter().map(|(path, bytes)| ((*path).to_owned(), Some(bytes.to_vec()))).collect();
    model.extend(["a", "a/c"].map(|path| (path.to_owned(), None)));
    (tree, Model(model))
}

/// What a step of the property test does.
#[derive(Debug, Clone)]
enum Step {
    Write(String, Vec<u8>),
    Append(String, Vec<u8>),
    Cut(String, u64),
    Read(String),
    MakeDirectory(String),
    RemoveDirectory(String),
    RemoveFile(String),
    Rename(String, String),
    List(String),
}

fn step() -> impl Strategy<Value = Step> {
    // Few names, so that paths meet.
    let path = || {
        prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 1..4)
            .prop_map(|names| names.join("/"))
    };
    let bytes = || prop::collection::vec(any::<u8>(), 0..6);
    prop_oneof![
        (path(), bytes()).prop_map(|(path, bytes)| Step::Write(path, bytes)),
        (path(), bytes()).prop_map(|(path, bytes)| Step::Append(path, bytes)),
        (path(), 0..9_u64).prop_map(|(path, size)| Step::Cut(path, size)),
        path().prop_map(Step::Read),
        path().prop_map(Step::MakeDirectory),
        path().prop_map(Step::MakeDirectory),
        path().prop_map(Step::RemoveDirectory),
        path().prop_map(Step::RemoveFile),
        (path(), path()).prop_map(|(old, new)| Step::Rename(old, new)),
        path().prop_map(Step::List),
    ]
}

/// A model of a file system: whole paths, and what is there; nothing for a directory.
#[derive(Default)]
pub(super) struct Model(BTreeMap<String, Option<Vec<u8>>>);

impl Model {
    fn is_directory(&self, path: &str) -> bool {
        path.is_empty() || matches!(self.0.get(path), Some(None))
    }

    fn parent_is_directory(&self, path: &str) -> bool {
        self.is_directory(path.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    fn below(&self, path: &str) -> Vec<String> {
        let start = format!("{path}/");
        self.0.keys().filter(|other| other.starts_with(&start)).cloned().collect()
    }

    /// Whether a step succeeds; what it reads or lists.
    fn take(&mut self, step: &Step) -> Option<Vec<u8>> {
        let done = |done: bool| done.then(Vec::new);
        match step {
            Step::Write(path, bytes) => {
                let fits = self.parent_is_directory(path) && !self.is_directory(path);
                if fits {
                    self.0.insert(path.clone(), Some(bytes.clone()));
                }
                done(fits)
            }
            Step::Append(path, bytes) => match self.0.get_mut(path)? {
                Some(file) => {
                    file.extend(bytes);
                    Some(Vec::new())
                }
                None => None,
            },
            Step::Cut(path, size) => match self.0.get_mut(path)? {
                Some(file) => {
                    file.resize(*size as usize, 0);
                    Some(Vec::new())
                }
                None => None,
            },
            Step::Read(path) => self.0.get(path)?.clone(),
            Step::MakeDirectory(path) => {
                let fits = self.parent_is_directory(path) && !self.0.contains_key(path);
                if fits {
                    self.0.insert(path.clone(), None);
                }
                done(fits)
            }
            Step::RemoveDirectory(path) => {
                let fits = self.is_directory(path) && self.below(path).is_empty();
                if fits {
                    self.0.remove(path);
                }
                done(fits)
            }
            Step::RemoveFile(path) => {
                let fits = matches!(self.0.get(path), Some(Some(_)));
                if fits {
                    self.0.remove(path);
                }
                done(fits)
            }
            Step::Rename(old, new) => {
                if !self.0.contains_key(old) || !self.parent_is_directory(new) {
                    return None;
                }
                if old == new {
                    return Some(Vec::new());
                }
                let same_kind = self.is_directory(old) == self.is_directory(new);
                if self.0.contains_key(new) && (!same_kind || !self.below(new).is_empty()) {
                    return None;
                }
                if self.is_directory(old) && new.starts_with(&format!("{old}/")) {
                    return None;
                }
                let mut moved = vec![old.clone()];
                moved.extend(self.below(old));
                for path in moved {
                    let content = self.0.remove(&path).unwrap();
                    self.0.insert(format!("{new}{}", &path[old.len()..]), content);
                }
                Some(Vec::new())
            }
            Step::List(path) => self.is_directory(path).then(|| {
                let start = format!("{path}/");
                let below = self.below(path);
                let names = below.iter().map(|path| &path[start.len()..]).filter(|name| !name.contains('/'));
                names.collect::<Vec<&str>>().join(" ").into_bytes()
            }),
        }
    }
}

fn take(files: &mut Files, root: u32, step: &Step) -> Result<Vec<u8>> {
    let done = |done: Result<()>| done.map(|()| Vec::new());
    let on = |files: &mut Files, path: &str, how: Open, act: &dyn Fn(&mut Files, u32) -> Result<()>| {
        let file = files.open_at(root, path, how, NOW)?;
        let acted = act(files, file);
        files.close(file);
        acted
    };
    let existing = Open { create: false, ..CREATE };
    match step {
        Step::Write(path, bytes) => done(write(files, root, path, bytes)),
        Step::Append(path, bytes) => done(on(files, path, existing, &|files, file| {
            let stream = files.output_stream(file, None)?;
            let written = files.write_stream(stream, bytes, NOW);
            files.close(stream);
            written
        })),
        Step::Cut(path, size) => {
            done(on(files, path, existing, &|files, file| files.set_size(file, *size, NOW)))
        }
        Step::Read(path) => files.contents(path).map(<[u8]>::to_vec),
        Step::MakeDirectory(path) => done(files.create_directory(root, path, NOW)),
        Step::RemoveDirectory(path) => done(files.remove_directory(root, path, NOW)),
        Step::RemoveFile(path) => done(files.remove_file(root, path, NOW)),
        Step::Rename(old, new) => done(files.rename((root, old), (root, new), NOW)),
        Step::List(path) => names(files, root, path).map(|names| names.join(" ").into_bytes()),
    }
}

proptest! {
    #[test]
    fn it_does_what_a_simple_model_does(steps in prop::collection::vec(step(), 0..60), is_shared: bool) {
        let (mut files, root) = files();
        let mut model = Model::default();
        if is_shared {
            let (tree, contents) = shared();
            files = Files::new(&tree, NOW);
            files.open_root().unwrap();
            model = contents;
        }
        // A directory at the top that was there from the beginning stays.
        let is_fixed = |step: &Step| {
            is_shared
                && match step {
                    Step::RemoveDirectory(path) => path == "a",
                    Step::Rename(old, new) => [old, new].contains(&&"a".to_owned()),
                    _ => false,
                }
        };
        for step in &steps {
            if is_fixed(step) {
                prop_assert!(take(&mut files, root, step).is_err(), "{:?}", step);
                continue;
            }
            prop_assert_eq!(take(&mut files, root, step).ok(), model.take(step), "{:?}", step);
            if !is_shared {
                prop_assert_eq!(files.tree.counted(), files.tree.recount());
            }
        }
        prop_assert_eq!(files.handles.iter().flatten().count(), 1, "only the root is open");
        // What is there is listed, but for what was there from the beginning.
        let is_listed = |path: &&String| !(path.contains('/') || is_shared && *path == "a");
        let top = model.0.keys().filter(is_listed).cloned().collect::<Vec<_>>();
        prop_assert_eq!(names(&mut files, root, ".").unwrap(), top);
    }

    /// Whatever a guest passes, there is an answer, and the counts stay right.
    #[test]
    fn nothing_panics(
        calls in prop::collection::vec((0..16_u8, 0..9_u32, 0..9_u32, "[ab./]{0,6}", any::<u64>()), 0..60)
    ) {
        let (mut files, _) = files();
        for (call, handle, other, path, number) in &calls {
            let (handle, other, number) = (*handle, *other, *number);
            match call {
                0 => drop(files.open_at(handle, path, CREATE, NOW)),
                1 => drop(files.open_at(handle, path, Open { directory: true, ..READ }, NOW)),
                2 => files.close(handle),
                3 => drop(files.input_stream(handle, number)),
                4 => drop(files.output_stream(handle, (number % 2 == 0).then_some(number))),
                5 => drop(files.write_stream(handle, path.as_bytes(), NOW)),
                6 => drop(files.read_stream(handle, &mut [0; 9])),
                7 => drop(files.list(handle)),
                8 => drop(files.next_entry(handle)),
                9 => drop(files.rename((handle, path), (other, "b"), NOW)),
                10 => drop(files.link((handle, path), (other, "c"), true, NOW)),
                11 => drop(files.remove_directory(handle, path, NOW)),
                12 => drop(files.create_directory(handle, path, NOW)),
                13 => drop(files.make_symbolic_link(path, handle, "b", NOW)),
                14 => drop(files.target_of_link(handle, path)),
                _ => drop(files.remove_file(handle, path, NOW)),
            }
            let _ = (files.source(handle), files.sink(handle), files.stat(other), files.left(handle, number));
            prop_assert_eq!(files.tree.counted(), files.tree.recount());
        }
        for handle in 0..files.handles.len() {
            files.close(handle as u32);
        }
        let kept = files.tree.recount();
        prop_assert!(kept.1 == files.tree.named(), "what has no name and is not open is gone");
    }
}
