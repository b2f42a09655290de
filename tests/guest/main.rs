//! What a completion finds in its cell: the library, threads, recursion, time, randomness, and what is not there.

#[path = "../common/mod.rs"]
mod common;

mod crossing;
mod threads;

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judgement, Judging, Verdict};
use karat::problem::{Dataset, Language, Problem, Test, TestBody};
use karat::sandbox::{Bytes, Fuel};

/// Judges a function body, sealed, by assertions on `candidate`.
fn judge_by(body: &str, assertions: &str) -> Judgement {
    judge_in("", body, assertions, Limits { fuel: Some(Fuel(30_000_000_000)), ..Limits::default() })
}

fn judge_in(helpers: &str, body: &str, assertions: &str, limits: Limits) -> Judgement {
    let problem = Problem {
        prompt: format!("{helpers}def solve(*arguments):\n    \"\"\"Solve it.\"\"\"\n"),
        entry_point: Some("solve".into()),
        tests: vec![Test::hidden(TestBody::Assertions {
            source: format!("def check(candidate):\n{}", indent(assertions)),
            calls_check: true,
        })],
        interpreter: common::asked_for(),
        ..Problem::new("guest/0", Language::Python)
    };
    let judge = Judge::new(common::runners(), limits, Dataset::HumanEval);
    judge.judge(&problem, Answer::continuation(&indent(body)), None, Judging::Sealed).into_counted()
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// The value of a body, as Python's `repr` writes it.
fn value_of(body: &str) -> String {
    match judge_by(body, "assert repr(candidate()) is None").verdict {
        Verdict::WrongAnswer(assertion) => {
            let got = assertion.got.expect("the assertion is explained");
            got.trim_matches(|c| c == '\'' || c == '"').to_owned()
        }
        verdict => panic!("{body}\n{verdict:?}"),
    }
}

#[track_caller]
fn assert_passes(body: &str, assertions: &str) {
    let judgement = judge_by(body, assertions);
    assert_eq!(judgement.verdict, Verdict::Passed, "{body}\n{assertions}");
    assert!(!judgement.open);
}

#[test]
fn the_standard_library_is_there() {
    let modules = "abc argparse array ast asyncio base64 bisect calendar cmath collections.abc concurrent.futures \
        configparser contextlib copy csv dataclasses datetime decimal difflib dis email.message enum fractions \
        functools glob graphlib hashlib heapq hmac html.parser http.client importlib.resources inspect io itertools \
        json json.decoder keyword locale logging.handlers math multiprocessing.pool numbers operator os.path pathlib \
        pickle platform pprint queue random re reprlib sched secrets shlex shutil signal socket statistics string \
        struct subprocess sys tempfile textwrap threading time timeit token traceback types typing unicodedata \
        unittest.mock urllib.parse uuid warnings weakref xml.etree.ElementTree zipfile zlib zoneinfo";
    let body = format!(
        "import importlib\nmissing = []\nfor name in {modules:?}.split():\n    try:\n        \
         importlib.import_module(name)\n    except ImportError as error:\n        missing.append(str(error))\n\
         return missing"
    );
    assert_eq!(value_of(&body), "[]");
}

/// What a body needs that the sandbox lacks.
fn needs(body: &str) -> String {
    match judge_by(body, "candidate()").verdict {
        Verdict::Unsupported { needs } => needs,
        verdict => panic!("{body}: {verdict:?}"),
    }
}

/// The exception that a body ends with.
fn raises(body: &str) -> String {
    match judge_by(body, "candidate()").verdict {
        Verdict::Exception(raised) => raised.exception,
        verdict => panic!("{body}: {verdict:?}"),
    }
}

#[test]
fn a_module_that_is_not_there_is_unsupported_by_name_and_one_that_is_nowhere_is_a_fault() {
    assert_eq!(needs("import torch as np\nreturn np.zeros(3)"), "torch");
    assert_eq!(needs("from tensorflow.python import ops\nops.add()"), "tensorflow");
    assert_eq!(needs("import ssl\nssl.create_default_context()"), "ssl");
    assert_eq!(needs("import mmap\nmmap.mmap(-1, 10)"), "mmap");
    for body in
        ["from solution import add", "import xml.nothing", "from math import nothing", "import helpers.text"]
    {
        assert!(raises(body).ends_with("Error"), "{body}");
    }
    // A program that can do without is judged by what it does.
    assert_passes("try:\n    import torch\nexcept ImportError:\n    return 1", "assert candidate() == 1");
    let handled = "import json\ntry:\n    import torch\nexcept ImportError:\n    json.loads('{')";
    assert_eq!(raises(handled), "JSONDecodeError");
    assert_eq!(raises("raise ModuleNotFoundError(name='nothing.of.this.kind')"), "ModuleNotFoundError");
    assert_eq!(raises("class E(Exception):\n    karat_lacks = 'torch'\nraise E"), "E");
    assert_eq!(raises("import types\ntypes.ModuleType('os').fork()"), "AttributeError");
    assert_eq!(raises("raise ModuleNotFoundError(name='json')"), "ModuleNotFoundError");
}

#[test]
fn an_import_that_nothing_uses_is_put_off() {
    for body in [
        "import torch as np\nreturn 1",
        "from torch import array, zeros as z\nimport keras.layers as plt, jax.special\nreturn 1",
        "def other():\n    import torch\n    return torch.zeros(1)\nreturn 1",
        // Handlers, and who looks for a module, see that it is not there.
        "import importlib.util\nreturn 1 if importlib.util.find_spec('torch') is None else 2",
        "def load():\n    import torch\n    return 2\ntry:\n    return load()\nexcept ImportError:\n    return 1",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import torch\n    return 2\nreturn 1",
    ] {
        assert_passes(body, "assert candidate() == 1");
        match judge_by(body, "assert candidate() == 3").verdict {
            Verdict::WrongAnswer(_) => {}
            verdict => panic!("{body}: {verdict:?}"),
        }
    }
    for body in [
        "exec('from torch import *')",
        "from torch import inf\nreturn 1 == inf",
        "from torch import array\nif array:\n    return 1",
        "from torch import ndarray\nclass Mine(ndarray):\n    pass",
        "from torch import linalg\nreturn linalg.det",
        "from torch import vectorize\n@vectorize\ndef f(x):\n    return x",
        "import torch as np\nreturn [n for n in np.arange(3)]",
    ] {
        assert_eq!(needs(body), "torch", "{body}");
    }
    assert_eq!(raises("import solution\nreturn 1"), "ModuleNotFoundError");
}

#[test]
fn a_facility_that_is_not_there_is_unsupported_by_name() {
    for (body, name) in [
        ("import os\nos.system('true')", "os.system"),
        ("import os\nos.fork()", "os.fork"),
        ("from signal import alarm", "signal.alarm"),
        ("import signal\nsignal.setitimer(0, 1)", "signal.setitimer"),
        ("import subprocess\nsubprocess.run(['ls'])", "subprocess"),
        ("import os\nos.popen('ls')", "subprocess"),
        ("import os\nos.dup(1)", "os.dup"),
        ("import os\nos.dup2(1, 2)", "os.dup2"),
        ("import locale\nlocale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')", "other locales"),
        ("from multiprocessing import Pool\nPool(2)", "multiprocessing.synchronize"),
        ("from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor()", "concurrent"),
        ("import multiprocessing\nmultiprocessing.Queue()", "multiprocessing.synchronize"),
        ("import socket\nsocket.socket()", "socket"),
        ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')", "socket"),
    ] {
        assert_eq!(needs(body), name, "{body}");
    }
    let nested = format!("return {}{}", "[".repeat(160), "]".repeat(160));
    assert_eq!(needs(&nested), "a parser for brackets nested as deeply");
    assert_eq!(raises("import os\nos.no_such_function()"), "AttributeError");
    assert_eq!(raises("import math\nmath.alarm(1)"), "AttributeError");
    assert_passes("import signal\nreturn hasattr(signal, 'alarm')", "assert candidate() is False");
}

#[test]
fn recursion_as_deep_as_the_program_asks_for() {
    let body = "import sys\nsys.setrecursionlimit(10**6)\ndef down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\n\
                return down(100_000)";
    assert_passes(body, "assert candidate() == 100_000");
    let body = "def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\nreturn down(100_000)";
    match judge_by(body, "candidate()").verdict {
        Verdict::Exception(raised) => assert_eq!(raised.exception, "RecursionError"),
        verdict => panic!("{verdict:?}"),
    }
}

#[test]
fn recursion_through_c_is_as_deep_as_elsewhere() {
    for function in [
        "@functools.lru_cache(None)\ndef down(n):\n    return 0 if n == 0 else 1 + down(n - 1)",
        "def down(n):\n    return 0 if n == 0 else 1 + sum(down(n - 1) for _ in range(1))",
        "def down(n):\n    return 0 if n == 0 else 1 + max(map(down, [n - 1]))",
        "class Down:\n    def __call__(self, n):\n        return 0 if n == 0 else 1 + self(n - 1)\ndown = Down()",
        "class Sum:\n    def __init__(self, n):\n        self.n = n\n    def __add__(self, other):\n        \
         return other if self.n == 0 else 1 + (Sum(self.n - 1) + other)\ndef down(n):\n    return Sum(n) + 0",
    ] {
        let body =
            format!("import functools, sys\nsys.setrecursionlimit(10**6)\n{function}\nreturn down(11_000)");
        assert_passes(&body, "assert candidate() == 11_000");
        let endless = body.replace("11_000", "-1");
        assert_eq!(raises(&endless), "RecursionError", "{function}");
    }
}

/// It needs most of the machine's stack, but it is the guest's stack that ends.
#[test]
fn what_is_nested_too_deep_to_be_compared_raises() {
    let nest =
        "def nest():\n    last = []\n    for _ in range(600_000):\n        last = [last]\n    return last";
    assert_eq!(raises(&format!("{nest}\nnest() == nest()")), "RecursionError");
}

#[test]
fn what_gives_bytes_to_c_is_no_bytes() {
    let body = "class Bytes:\n    def __buffer__(self, flags):\n        return memoryview(b'abc')\n\
                return [Bytes()]";
    assert_passes(body, "assert candidate() != [b'abc']\nassert type(candidate()[0]).__name__ == 'Bytes'");
}

#[test]
fn standard_streams_have_what_programs_look_at() {
    let body = "import sys\nreturn [(s.name, s.mode, hasattr(s, 'buffer'), s.fileno()) for s in \
                (sys.stdin, sys.stdout, sys.stderr)]";
    assert_passes(
        body,
        "assert candidate() == [('<stdin>', 'r', True, 0), ('<stdout>', 'w', True, 1), ('<stderr>', 'w', True, 2)]",
    );
    assert_eq!(raises("import sys\nreturn sys.stdin.buffer.readline()"), "OSError");
}

#[test]
fn numbers_and_limits_are_those_of_64_bits() {
    let body = "import functools, resource, sys\n@functools.lru_cache(maxsize=sys.maxsize)\ndef f(n):\n    return n\n\
                resource.setrlimit(resource.RLIMIT_STACK, (2**29, -1))\n\
                return [sys.maxsize, min(sys.maxsize, 3 * 10**9), f(5), resource.getrlimit(resource.RLIMIT_STACK)]";
    assert_passes(body, "assert candidate() == [2**63 - 1, 3_000_000_000, 5, (2**29, -1)]");
    // The number is passed to code in C.
    let body = "import csv, gzip, sys\ncsv.field_size_limit(sys.maxsize)\nwith gzip.open('g', 'wt') as file:\n    \
                file.write('x' * 99)\nreturn csv.field_size_limit() > 10**9, len(gzip.open('g').read())";
    assert_passes(body, "assert candidate() == (True, 99)");
}

#[test]
fn the_time_zones_of_the_world_are_there() {
    let body = "import datetime, zoneinfo\nberlin = zoneinfo.ZoneInfo('Europe/Berlin')\n\
                moments = [datetime.datetime(2026, month, 1, 12, tzinfo=datetime.UTC) for month in (1, 7)]\n\
                return [moment.astimezone(berlin).isoformat() for moment in moments]";
    assert_passes(body, "assert candidate() == ['2026-01-01T13:00:00+01:00', '2026-07-01T14:00:00+02:00']");
    let body =
        "import zoneinfo\nreturn [zoneinfo.ZoneInfo('UTC').key, len(zoneinfo.available_timezones()) > 400]";
    assert_passes(body, "assert candidate() == ['UTC', True]");
    assert_eq!(raises("import zoneinfo\nzoneinfo.ZoneInfo('Europe/Nowhere')"), "ZoneInfoNotFoundError");
}

#[test]
fn time_and_randomness_are_the_same_on_every_run() {
    let body = "import os, random, time, uuid\nreturn [time.time(), time.perf_counter(), random.random(), \
                os.urandom(8), str(uuid.uuid4()), random.SystemRandom().random(), random.Random().random(), \
                list({'a', 'b', 'c', 'd', 'e'}), hash('x'), id(object())]";
    assert_eq!(value_of(body), value_of(body));
    let advancing =
        "import time\nstart = time.time()\nfor _ in range(1000):\n    pass\nreturn time.time() > start";
    assert_eq!(value_of(advancing), "True");
    let body = "import datetime\nreturn datetime.datetime.now().year";
    assert_eq!(value_of(body), "2026");
}

#[test]
fn there_is_nothing_of_the_machine_no_network_and_no_environment() {
    assert_eq!(value_of("import os\nreturn dict(os.environ)"), "{}");
    let refused = |body: &str| match judge_by(body, "candidate()").verdict {
        Verdict::Exception(raised) => raised.exception,
        verdict => panic!("{body}: {verdict:?}"),
    };
    assert_eq!(refused("open('/etc/passwd')"), "FileNotFoundError");
    assert_eq!(value_of("import os\nreturn os.listdir('/')"), "[]");
    assert_eq!(refused("return input()"), "OSError");
}

#[test]
fn limits_are_what_they_are_set_to() {
    let small = Limits {
        fuel: Some(Fuel(50_000_000)),
        memory: Bytes::mebi(128),
        output: Bytes(1000),
        ..Limits::default()
    };
    let kind = |body: &str| judge_in("", body, "candidate()", small).verdict.kind().name();
    // Sleeping takes as long as burning the corresponding fuel.
    assert_eq!(kind("import time\ntime.sleep(0.001)"), "passed");
    assert_eq!(kind("import time\ntime.sleep(0.002)"), "out_of_fuel");
    assert_eq!(kind("import threading\nthreading.Event().wait(0.002)"), "out_of_fuel");
    assert_eq!(kind("import asyncio\nasyncio.run(asyncio.sleep(0.002))"), "out_of_fuel");
    assert_eq!(kind("return sum(range(100))"), "passed");
    assert_eq!(kind("return sum(n * n for n in range(10**6))"), "out_of_fuel");
    assert_eq!(kind("return len(bytearray(200 << 20))"), "out_of_memory");
    assert_eq!(kind("print('x' * 900)"), "passed");
    assert_eq!(kind("print('x' * 1100, flush=True)"), "output_limit");
}

#[test]
fn fuel_is_the_same_on_every_run() {
    let body = "return sorted(str(n) for n in range(2000))";
    let fuel: Vec<Fuel> = (0..5).map(|_| judge_by(body, "candidate()").fuel).collect();
    assert!(fuel.iter().all(|one| *one == fuel[0]), "{fuel:?}");
}

/// Operations for which the interpreter itself recurses.
#[test]
fn long_linked_structures_of_every_kind_are_freed() {
    for link in [
        "class A: pass\ndef link(l):\n    a = A()\n    a.next = l\n    return a",
        "def link(l):\n    return [l]",
        "def link(l):\n    return (l,)",
        "def link(l):\n    return {1: l}",
        "def link(l):\n    return lambda: l",
        "import functools\ndef link(l):\n    return functools.partial(print, l)",
        "def link(l):\n    return (x for x in (l or ()))",
        "import collections\ndef link(l):\n    return collections.OrderedDict(a=l)",
        "def link(l):\n    e = ValueError()\n    e.__context__ = l\n    return e",
        "import itertools\ndef link(l):\n    return itertools.chain(l or [])",
        "import operator\ndef link(l):\n    return operator.methodcaller('x', l)",
        "def link(l):\n    return reversed([l])",
    ] {
        let body = format!(
            "{link}\nlast = None\nfor _ in range(600_000):\n    last = link(last)\ndel last\nreturn 1"
        );
        let limits =
            Limits { fuel: Some(Fuel(90_000_000_000)), memory: Bytes::mebi(1024), ..Limits::default() };
        assert_eq!(judge_in("", &body, "assert candidate() == 1", limits).verdict, Verdict::Passed, "{link}");
    }
    let nested = "import json\ntry:\n    json.loads('[' * 200_000)\nexcept (RecursionError, json.JSONDecodeError):\n    return 1";
    assert_passes(nested, "assert candidate() == 1");
}

#[test]
fn long_linked_structures_are_freed() {
    let body = "class Node:\n    def __init__(self, after):\n        self.after = after\nchain = None\n\
                for _ in range(100_000):\n    chain = Node(chain)\ndel chain\nnested = ()\n\
                for _ in range(100_000):\n    nested = (nested,)\ndel nested\nreturn 'freed'";
    assert_passes(body, "assert candidate() == 'freed'");
}

/// The guest built on this machine is the one that all verdicts refer to.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn the_guest_behaves_like_the_reference_build() {
    common::runners();
    let output = common::karat().args(["runners", "verify", "--format", "json"]).output().unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for row in rows.as_array().unwrap() {
        // What no test needed so far is not there.
        assert!(["verified", "missing"].contains(&row["state"].as_str().unwrap()), "{rows}");
    }
    assert_eq!(rows[0]["state"], "verified", "{rows}");
}
