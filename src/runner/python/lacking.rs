//! What the sandbox lacks: modules and functions that programs use elsewhere. Whether something is one of these is
//! decided by a list, not by what an exception says: a program can also ask for what exists nowhere.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What the usual interpreter lacks; of that the scientific one has some, and its guest does not ask for it.
const LACKING: &str = include_str!("../../../runners/python/guest/karat_guest/lacking.txt");
/// What the scientific interpreter lacks beside that.
const LACKING_THERE: &str =
    include_str!("../../../runners/python-scientific/guest/karat_scientific/lacking_here.txt");

/// The names in these lists: those of modules, and of functions behind the module's name and a point.
static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut names = HashSet::new();
    let mut module = None;
    let lines = LACKING.lines().chain(LACKING_THERE.lines());
    for line in lines.filter(|line| !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[') {
            module = section.strip_prefix("in ").and_then(|name| name.strip_suffix(']'));
            continue;
        }
        names.extend(line.split_whitespace().map(|name| match module {
            Some(module) => format!("{module}.{name}"),
            None => name.to_owned(),
        }));
    }
    names
});

/// What a program needs that tripped over the lack of `name`; nothing if there is no such thing anywhere.
pub(super) fn needed(name: &str) -> Option<String> {
    let first = name.split('.').next().unwrap_or_default();
    match () {
        () if NAMES.contains(name) => Some(name.replace('-', " ")),
        () if NAMES.contains(first) && !WHOLE.contains(&first) => Some(first.to_owned()),
        () => None,
    }
}

/// Names in the list of which a part is there.
const WHOLE: [&str; 6] =
    ["asyncio", "concurrent", "multiprocessing", "operating-system", "socket", "subprocess"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_real_is_needed_and_what_is_not_is_not() {
        for (name, expected) in [
            ("numpy", "numpy"),
            ("sklearn.linear_model", "sklearn"),
            ("tkinter", "tkinter"),
            ("distutils.core", "distutils"),
            ("multiprocessing.synchronize", "multiprocessing.synchronize"),
            ("signal.alarm", "signal.alarm"),
            ("os.fork", "os.fork"),
            ("waiting-threads", "waiting threads"),
            ("subprocess", "subprocess"),
        ] {
            assert_eq!(needed(name).as_deref(), Some(expected), "{name}");
        }
        for name in [
            "",
            "solution",
            "utils.helpers",
            "os.foo",
            "math.alarm",
            "socket.bar",
            "xml.foo",
            ".numpy",
            "a module",
            "in",
        ] {
            assert_eq!(needed(name), None, "{name}");
        }
    }
}
