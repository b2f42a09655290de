//! Programs that read standard input.

use std::time::Duration;

use karat::problem::Comparison;
use karat::runner::capabilities::Prelude;
use karat::runner::{Exit, Input};
use karat::sandbox::{Bytes, CellLimits};

use super::*;

/// The verdict on a program, as a line.
fn verdict(language: Language, program: &str, tests: &[(&str, &str)]) -> String {
    let problem = Problem { language, ..common::stdio_problem(tests, Comparison::Tokens) };
    line(&judged(&problem, Answer::program(program)).verdict)
}

const SUMS: &[(&str, &str)] = &[("2 3\n", "5"), ("4000000000 4000000000\n", "8000000000"), ("-1 1\n", "0")];

#[test]
fn sums_are_judged_in_both_languages() {
    // Natively `long` has 64 bits, and `%ld` is its format.
    let c = "#include <stdio.h>\nint main(void) {\n    long a, b;\n    scanf(\"%ld %ld\", &a, &b);\n    \
             printf(\"%ld\\n\", a + b);\n    return 0;\n}\n";
    assert_eq!(verdict(Language::C, c, SUMS), "passed");
    assert_eq!(verdict(Language::C, &c.replace("a + b", "a - b"), SUMS), "wrong_answer -1");
    let own_names = "#include <stdio.h>\nint read(void) {\n    long x;\n    scanf(\"%ld\", &x);\n    return x;\n}\n\
                     void write(int x) { printf(\"%d\", x); }\nint main(void) { write(read() + read()); return 0; }\n";
    assert_eq!(verdict(Language::C, own_names, &SUMS[2..]), "passed");
    let cpp = "#include <iostream>\nusing namespace std;\nint main() {\n    long a, b;\n    cin >> a >> b;\n    \
               cout << max(a + b, -1L) << endl;\n}\n";
    assert_eq!(verdict(Language::Cpp, cpp, SUMS), "passed");
    assert_eq!(
        verdict(Language::Cpp, &cpp.replace("long", "int"), SUMS),
        "compile_error line 6, column 13: no matching function for call to 'max'"
    );
}

#[test]
fn a_contest_program_is_compiled_and_run_once_for_every_test() {
    let program = r#"#include <bits/stdc++.h>
using namespace std;
typedef long long ll;
#define all(x) (x).begin(), (x).end()
struct Edge { int to; ll weight; };
int main() {
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    int n, m;
    cin >> n >> m;
    vector<vector<Edge>> graph(n + 1);
    for (int i = 0; i < m; i++) {
        int a, b;
        ll weight;
        cin >> a >> b >> weight;
        graph[a].push_back({b, weight});
        graph[b].push_back({a, weight});
    }
    vector<ll> best(n + 1, LLONG_MAX);
    priority_queue<pair<ll, int>, vector<pair<ll, int>>, greater<>> queue;
    best[1] = 0;
    queue.emplace(0, 1);
    while (!queue.empty()) {
        auto [distance, at] = queue.top();
        queue.pop();
        if (distance != best[at]) continue;
        for (auto& [to, weight] : graph[at])
            if (distance + weight < best[to]) queue.emplace(best[to] = distance + weight, to);
    }
    vector<string> words;
    for (int i = 1; i <= n; i++) words.push_back(best[i] == LLONG_MAX ? "-" : to_string(best[i]));
    sort(all(words), [](const string& a, const string& b) { return a.size() < b.size() || (a.size() == b.size() && a < b); });
    for (auto& word : words) cout << word << ' ';
    printf("%.3Lf\n", sqrtl(2.0L) + __gcd(12, 18) + __lg(n));
}
"#;
    let tests = [("3 2\n1 2 5000000000\n2 3 7\n", "0 5000000000 5000000007 8.414"), ("2 0\n", "- 0 8.414")];
    assert_eq!(verdict(Language::Cpp, program, &tests), "passed");
}

#[test]
fn what_the_compiler_refuses_is_said_with_its_place() {
    for (language, program, expected) in [
        (
            Language::C,
            "int main(void) {\n    long a = 1L; return b;\n}\n",
            "line 2, column 25: use of undeclared identifier 'b'",
        ),
        (
            Language::C,
            "int f(int);\nint main(void) { return f(1); }\n",
            "f is declared and used, but not defined",
        ),
        (Language::C, "int f(void) { return 1; }\n", "the program has no function main"),
        (
            Language::C,
            "#include \"mine.h\"\nint main(void) {}\n",
            "line 1, column 10: 'mine.h' file not found",
        ),
        (
            Language::Cpp,
            "#include <set>\nstruct A {};\nint main() {\n    std::set<A> all;\n    all.insert(A());\n}\n",
            "",
        ),
        (
            Language::Cpp,
            "int main() {\n    return 0\n}\n",
            "line 2, column 13: expected ';' after return statement",
        ),
    ] {
        let verdict = verdict(language, program, SUMS);
        let place = ["compile_error line 5, column 9: in __", ": "];
        match expected {
            "" => assert!(
                verdict.starts_with(place[0]) && verdict.contains("no matching function"),
                "{verdict}"
            ),
            _ => assert_eq!(verdict, format!("compile_error {expected}"), "{program}"),
        }
    }
}

#[test]
fn what_no_sandbox_has_is_no_fault_of_the_program() {
    for (language, program, needs) in [
        (Language::C, "#include <stdlib.h>\nint main(void) { return system(\"ls\"); }\n", "system"),
        (Language::C, "#include <sys/wait.h>\nint main(void) { return 0; }\n", "sys/wait.h"),
        (Language::Cpp, "#include <thread>\nint main() { std::thread([] {}).join(); }\n", "threads"),
    ] {
        assert_eq!(verdict(language, program, SUMS), format!("unsupported {needs}"), "{program}");
    }
}

#[test]
fn faults_have_the_languages_own_names() {
    let body = |body: &str| {
        format!(
            "#include <bits/stdc++.h>\nusing namespace std;\nint down(int n) {{ volatile int k[99] = {{n}}; return down(n + 1) + k[1]; }}\nint main(int count, char**) {{ puts(\"0\"); {body} }}\n"
        )
    };
    // One program has all of them, by its input: it is compiled once.
    let program = body("
    int which; cin >> which;
    vector<int> v(3);
    switch (which) {
    case 0: return v.at(which + 3);
    case 1: throw runtime_error(\"bad luck\");
    case 2: throw which;
    case 3: { volatile int zero = 0; return which / zero; }
    case 4: return *(int*)(which * 1000000000);
    case 5: abort();
    case 6: assert(which == 7); break;
    case 7: return down(1);
    case 8: for (;;) which++ ? which : puts(\"\");
    case 9: for (;;) v.resize(v.size() * 2);
    case 10: return 3;
    case 11: exit(0);
    case 12: return stoi(\"no\");
    case 13: { string s(which, 'x'); s[0] = 'y'; try { s.at(99); } catch (const exception& e) { return 0; } return 1; }
    case 14: for (;;) puts(string(1000, 'x').c_str());
    }");
    for (which, expected) in [
        (0, "exception std::out_of_range: vector"),
        (1, "exception std::runtime_error: bad luck"),
        (2, "exception int:"),
        (3, "exception SIGFPE: an integer was divided by zero"),
        (4, "exception SIGSEGV: an address outside of the program's memory"),
        (
            5,
            "exception SIGABRT: it called abort, or came to the end of a function that has to return something",
        ),
        (6, "exception assert: which == 7"),
        (7, "exception StackOverflow: the program ran out of stack"),
        (8, "out_of_fuel"),
        (9, "out_of_memory"),
        (10, "exited the process exited with status 3"),
        (11, "passed"),
        (12, "exception std::invalid_argument: stoi: no conversion"),
        (13, "passed"),
        (14, "output_limit"),
    ] {
        assert_eq!(verdict(Language::Cpp, &program, &[(&which.to_string(), "0")]), expected, "{which}");
    }
    let fits = "#include <bits/stdc++.h>\nint all[5000][5000];\nint main() {\n    int n;\n    std::cin >> n;\n    \
                for (int i = 0; i < n; i++) all[i][n - i] = i;\n    try {\n        throw all[3][n - 3];\n    } \
                catch (int thrown) {\n        std::cout << thrown;\n    }\n}\n";
    assert_eq!(verdict(Language::Cpp, fits, &[("5", "3"), ("4000", "3")]), "passed");
    let large = "volatile char all[1 << 30];\nint main(void) { return all[5]; }\n";
    assert_eq!(verdict(Language::C, large, SUMS), "out_of_memory");
    let larger = large.replace("1 << 30", "3000000000u");
    assert_eq!(verdict(Language::C, &larger, SUMS), "out_of_memory");
}

#[test]
fn files_statuses_and_fuel_are_as_told() {
    let runner = runners().get(Language::C).expect("it is installed");
    let limits = CellLimits {
        fuel: Fuel(1_000_000_000),
        memory: Bytes::mebi(64),
        output: Bytes::mebi(1),
        wall: Duration::from_secs(100),
    };
    let program = "#include <stdio.h>\nint main(void) {\n    FILE* in = fopen(\"in.txt\", \"r\");\n    \
                   FILE* out = fopen(\"out.txt\", \"w\");\n    int n;\n    fscanf(in, \"%d\", &n);\n    \
                   fprintf(out, \"%d\", n * n);\n    fclose(out);\n    fputs(\"err\", stderr);\n    \
                   puts(\"out\");\n    return 260;\n}\n";
    let prepare = || runner.prepare(program, Prelude::None, 2, &limits).expect("there is a cell");
    let prepared = prepare();
    assert_eq!(prepared, prepare(), "it is compiled once");
    let program = prepared.result.expect("it is a program");
    let input = Input { text: "12", file: Some("in.txt"), output_file: Some("out.txt") };
    let run = || runner.run(&program, input, &limits).expect("there is a cell");
    let ran = run();
    assert_eq!(ran.execution.result, Ok(Exit { status: 4, early: false }));
    assert_eq!((ran.standard_output.as_slice(), ran.standard_error.as_slice()), (&b"out\n"[..], &b"err"[..]));
    assert_eq!(ran.output_file.as_deref(), Some(&b"144"[..]));
    assert_eq!(ran, run());
}
