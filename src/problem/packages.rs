//! Packages that a problem itself needs, whatever the answer: what its tests, or the code that it puts before an
//! answer, import, and Python does not come with. The sandbox has none of them, so that no answer can be judged.

use super::{Language, Problem, TestBody};
use crate::python::imported_packages;

/// Python's standard library, by the names of its modules, those of earlier releases included.
#[rustfmt::skip]
const STANDARD: &[&str] = &[
    "__future__", "abc", "aifc", "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat",
    "asyncio", "asyncore", "atexit", "audioop", "base64", "bdb", "binascii", "bisect", "builtins", "bz2",
    "cProfile", "calendar", "cgi", "cgitb", "chunk", "cmath", "cmd", "code", "codecs", "codeop",
    "collections", "colorsys", "compileall", "compression", "concurrent", "configparser", "contextlib",
    "contextvars", "copy", "copyreg", "crypt", "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm",
    "decimal", "difflib", "dis", "distutils", "doctest", "email", "encodings", "ensurepip", "enum", "errno",
    "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch", "fractions", "ftplib", "functools", "gc",
    "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq",
    "hmac", "html", "http", "idlelib", "imaplib", "imghdr", "imp", "importlib", "inspect", "io", "ipaddress",
    "itertools", "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma", "mailbox",
    "mailcap", "marshal", "math", "mimetypes", "mmap", "modulefinder", "msilib", "msvcrt", "multiprocessing",
    "netrc", "nis", "nntplib", "nt", "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse",
    "os", "ossaudiodev", "pathlib", "pdb", "pickle", "pickletools", "pipes", "pkgutil", "platform",
    "plistlib", "poplib", "posix", "posixpath", "pprint", "profile", "pstats", "pty", "pwd", "py_compile",
    "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline", "reprlib",
    "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors", "shelve", "shlex",
    "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr", "socket", "socketserver", "spwd", "sqlite3",
    "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string", "stringprep",
    "struct", "subprocess", "sunau", "symtable", "sys", "sysconfig", "syslog", "tabnanny", "tarfile",
    "telnetlib", "tempfile", "termios", "textwrap", "this", "threading", "time", "timeit", "tkinter",
    "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc", "tty", "turtle", "turtledemo",
    "types", "typing", "unicodedata", "unittest", "urllib", "uu", "uuid", "venv", "warnings", "wave",
    "weakref", "webbrowser", "winreg", "winsound", "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile",
    "zipimport", "zlib", "zoneinfo",
];

impl Problem {
    /// The first package that the problem's own code imports when it is loaded, and Python does not come with: in its
    /// tests, in what runs before them, in what stands before every program, and in its prompt if that is part of the
    /// program.
    pub fn needed_package(&self, with_prompt: bool) -> Option<&str> {
        if self.language != Language::Python {
            return None;
        }
        let prompt = with_prompt.then_some(self.prompt.as_str());
        let tests = self.tests.iter().filter_map(|test| match &test.body {
            TestBody::Assertions { source, .. } => Some(source.as_str()),
            _ => None,
        });
        let has_assertions = tests.clone().next().is_some();
        let setup = has_assertions.then_some(self.setup.as_str());
        let code = [Some(self.preamble.as_str()), prompt, setup].into_iter().flatten().chain(tests);
        code.flat_map(imported_packages).find(|name| STANDARD.binary_search(name).is_err())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Test;

    fn needed(test: &str) -> Option<String> {
        let problem = Problem { tests: vec![Test::asserting(test)], ..Problem::new("p", Language::Python) };
        problem.needed_package(true).map(str::to_owned)
    }

    #[test]
    fn what_python_does_not_come_with_is_found() {
        assert!(STANDARD.is_sorted());
        for (text, name) in [
            ("import numpy as np\nassert f()", "numpy"),
            ("import math, pandas", "pandas"),
            ("import os.path as p, sys\nfrom collections import *\nfrom scipy.stats import norm", "scipy"),
        ] {
            assert_eq!(needed(text).as_deref(), Some(name), "{text}");
        }
        for text in ["import math\nimport os.path as p, sys", "from __future__ import annotations", ""] {
            assert_eq!(needed(text), None, "{text}");
        }
    }

    #[test]
    fn a_prompt_counts_where_it_is_part_of_the_program() {
        let problem = Problem {
            prompt: "import numpy as np\ndef f():\n".into(),
            ..Problem::new("p", Language::Python)
        };
        assert_eq!((problem.needed_package(true), problem.needed_package(false)), (Some("numpy"), None));
        let other = Problem { language: Language::Julia, ..problem };
        assert_eq!(other.needed_package(true), None);
    }
}
