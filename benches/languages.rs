//! What a program costs in each language and interpreter: a cell here against a process of the native tool, in one run.
//!
//!     cargo bench --bench languages
//!
//! Each program is run alone on one thread, through `Runner::run`; the median of some rounds is shown, in CPU time of this
//! process. Natively it is the CPU time of a process that runs the same text, where the machine has the tool and, in it,
//! the libraries (`KARAT_PYTHON`, else `python3`); a dash where it has not.

use std::process::{Command, Stdio};
use std::time::Duration;

use karat::language::{Interpreter, Language};
use karat::runner::capabilities::Prelude;
use karat::runner::install::cache_directory;
use karat::runner::recipe::Recipe;
use karat::runner::{Input, OnDemand, Runners, python};
use karat::sandbox::{Bytes, CellLimits, Fuel};

const ROUNDS: usize = 21;
const NATIVE_ROUNDS: usize = 3;

/// A language, an interpreter of it, what the program does, and the program.
const PROGRAMS: &[(Language, Option<Interpreter>, &str, &str)] = &[
    (Language::Python, None, "print", "print(1)"),
    (Language::Python, SCIENTIFIC, "import numpy, pandas; print", "import numpy, pandas\nprint(1)"),
    (
        Language::Python,
        SCIENTIFIC,
        "a group-by of pandas",
        "import pandas as pd\nprint(pd.DataFrame({'k': [1, 1, 2], 'v': [1, 2, 3]}).groupby('k').v.sum().to_dict())",
    ),
    (
        Language::Python,
        SCIENTIFIC,
        "a regression of scikit-learn",
        "from sklearn.linear_model import LinearRegression\nprint(LinearRegression().fit([[1], [2]], [1, 2]).coef_)",
    ),
    (
        Language::Python,
        SCIENTIFIC,
        "a figure of matplotlib",
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\n\
         plt.savefig('/tmp/karat-bench.png')",
    ),
];

const SCIENTIFIC: Option<Interpreter> = Some(Interpreter::PythonScientific);

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let cache = cache_directory().expect("there is a cache directory");
    let installed = python::RECIPE.install(&cache, &mut |_| ());
    let mut runners = Runners::from_iter([installed.expect("the Python runner can be installed").0]);
    let scientific = Recipe::named("python-scientific").expect("there is one");
    runners.insert_on_demand(OnDemand::new(scientific, &cache));
    let limits = CellLimits {
        fuel: Fuel(300_000_000_000),
        memory: Bytes::mebi(1024),
        output: Bytes::mebi(1),
        wall: Duration::from_secs(600),
    };
    println!(
        "{:<18} {:<30} {:>12} {:>12} {:>8}",
        "interpreter", "program", "cell, ms", "native, ms", "ratio"
    );
    for &(language, interpreter, what, program) in PROGRAMS {
        let runner = runners.of(language, interpreter).expect("it can be installed");
        let run = || {
            let prepared = runner.prepare(program, Prelude::None, 1, &limits).expect("there is a cell");
            let program = prepared.result.expect("it compiles");
            let ran = runner.run(&program, Input::default(), &limits).expect("there is a cell");
            assert!(ran.execution.result.is_ok(), "{what}: {:?}", ran.execution.result);
        };
        run();
        let here = median((0..ROUNDS).map(|_| cpu_time_of(libc::RUSAGE_SELF, run)).collect());
        let name = interpreter.map_or(language.name(), Interpreter::name);
        let (native, ratio) = match native(program) {
            Some(native) => (
                format!("{:.1}", milliseconds(native)),
                format!("{:.3}", here.as_secs_f64() / native.as_secs_f64()),
            ),
            None => ("–".to_owned(), "–".to_owned()),
        };
        println!("{name:<18} {what:<30} {:>12.2} {native:>12} {ratio:>8}", milliseconds(here));
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The CPU time of a native process that runs a program of Python; none where it fails.
fn native(program: &str) -> Option<Duration> {
    let python = std::env::var("KARAT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let run = || {
        let mut command = Command::new(&python);
        command.args(["-c", program]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    run().then(|| {
        let time = || {
            cpu_time_of(libc::RUSAGE_CHILDREN, || {
                run();
            })
        };
        median((0..NATIVE_ROUNDS).map(|_| time()).collect())
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The CPU time that this process, or its children that have ended, spend meanwhile.
fn cpu_time_of(who: libc::c_int, work: impl FnOnce()) -> Duration {
    let spent = || {
        // SAFETY: zeros are a value of this plain struct, and the call writes to it alone.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a struct of that type.
        assert_eq!(unsafe { libc::getrusage(who, &raw mut usage) }, 0);
        [usage.ru_utime, usage.ru_stime]
            .map(|time| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000))
            .into_iter()
            .sum::<Duration>()
    };
    let before = spent();
    work();
    spent() - before
}
