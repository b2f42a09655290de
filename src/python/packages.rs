//! Which packages there are: Python's standard library, and what the scientific interpreter has beside the usual one.

use super::imports::imported_anywhere;
use super::lines::{SourceLine, lines};

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

/// What the scientific interpreter has and the usual one lacks, by the names that are imported.
#[rustfmt::skip]
const SCIENTIFIC: &[&str] = &[
    "PIL", "attr", "attrs", "bs4", "bz2", "charset_normalizer", "cloudpickle", "contourpy", "cycler",
    "dateutil", "defusedxml", "et_xmlfile", "fontTools", "formulaic", "html5lib", "jinja2", "joblib",
    "kiwisolver", "lxml", "lzma", "markupsafe", "matplotlib", "more_itertools", "mpl_toolkits", "mpmath",
    "narwhals", "networkx", "numpy", "openpyxl", "packaging", "pandas", "patsy", "pylab", "pyparsing",
    "pypdf", "regex", "reportlab", "scipy", "seaborn", "six", "sklearn", "soupsieve", "sqlite3",
    "statsmodels", "sympy", "tabulate", "threadpoolctl", "tomli_w", "toolz", "tqdm", "typing_extensions",
    "tzdata", "webencodings", "wrapt", "xlrd", "xlsxwriter", "xmltodict", "yaml",
];

/// Whether an interpreter has a package, or Python has it in some release: what is taken out of the library is the
/// program's own affair.
pub(crate) fn is_here(package: &str) -> bool {
    STANDARD.binary_search(&package).is_ok() || SCIENTIFIC.binary_search(&package).is_ok()
}

/// Whether a text imports, anywhere in it, what the scientific interpreter has and the usual one lacks.
pub(crate) fn wants_scientific(text: &str) -> bool {
    text.contains("import") && imported_anywhere(text).any(|name| SCIENTIFIC.binary_search(&name).is_ok())
}

/// Whether a text has a name in it, outside of strings and comments.
pub(crate) fn names(text: &str, name: &str) -> bool {
    text.contains(name) && lines(text).iter().flat_map(SourceLine::names).any(|other| other == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_program() {
        for (text, has) in
            [("x = np.zeros(3)", true), ("x = 'np'", false), ("npx = 1  # np", false), ("np", true)]
        {
            assert_eq!(names(text, "np"), has, "{text}");
        }
    }

    #[test]
    fn the_lists_are_sorted() {
        assert!(STANDARD.is_sorted());
        assert!(SCIENTIFIC.is_sorted());
    }

    #[test]
    fn what_a_text_imports_decides_and_nothing_else() {
        for text in [
            "import numpy as np",
            "def f():\n    from numpy.linalg import norm\n    return norm",
            "try: import numpy\nexcept ImportError: pass",
            "if x: y = 1; import math, numpy",
        ] {
            assert!(wants_scientific(text), "{text}");
        }
        for text in [
            "import math",
            "\"\"\"Use this:\nimport numpy\n\"\"\"",
            "# import numpy",
            "numpy = 'import numpy'",
            "from . import numpy",
            "import torch",
            "",
        ] {
            assert!(!wants_scientific(text), "{text}");
        }
    }
}
