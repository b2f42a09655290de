//! Sets that are published in formats of their own.

use super::*;

/// Sets that are published in formats of their own: a problem of each, a completion that solves it and one that does
/// not.
#[test]
fn right_and_wrong_completions_are_told_apart_in_every_published_format() {
    let body = ["    return 2 * n\n", "    return n + 2\n"];
    let function = ["def double(n):\n    return 2 * n\n", "def double(n):\n    return n + 2\n"];
    let program = ["print(sum(map(int, input().split())))\n", "print(3)\n"];
    let linked = [
        "class Solution:\n    def doubled(self, head):\n        return list_node([2, 4]) if head else None\n",
        // It brings its own comparison, which the tests must not take.
        "def is_same_list(one, two):\n    return True\n\nclass Solution:\n    def doubled(self, head):\n        return head\n",
    ];
    let method = [
        "class Solution:\n    def double(self, n):\n        return 2 * n\n",
        "class Solution:\n    def double(self, n):\n        return n + 2\n",
    ];
    let class = [
        "class Counter:\n    sum = 0\n    def add(self, n):\n        self.sum += n\n        return self.sum\n",
        "class Counter:\n    def add(self, n):\n        return n\n",
    ];
    let total = ["\n    return sum(items)\n", "\n    return len(items) and 3\n"];
    let places = [
        // Right places other than the reference's.
        "    found = [(i, j) for j in range(len(cards)) for i in range(j) if cards[i] * cards[j] == magicNumber]\n    \
         return found[-1] if found else 'No magic today'\n",
        "    return (0, 1)\n",
    ];
    let split = [
        "n = int(open('input.txt').read())\nopen('output.txt', 'w').write(f'{n - 10} 10')\n",
        "n = int(open('input.txt').read())\nopen('output.txt', 'w').write(f'{n} 1')\n",
    ];
    let cases: [(&str, &str, [&str; 2]); 29] = [
        ("humaneval-x.jsonl", "Python/0", body),
        ("humanevalpack.jsonl", "Python/0", body),
        ("mxeval.jsonl", "MBPP/900", body),
        ("humaneval-xl.jsonl", "python/0", body),
        ("evoeval.jsonl", "EvoEval/0", body),
        ("evoeval.jsonl", "EvoEval/1", total),
        ("evoeval.jsonl", "EvoEval/69", places),
        ("humaneval-plus-hf.jsonl", "HumanEval/900", body),
        ("humaneval-plus-hf.jsonl", "HumanEval/901", body),
        (
            "mbpp-plus-hf.jsonl",
            "Mbpp/900",
            ["def last(xs):\n    return xs[-1] if xs else None\n", "def last(xs):\n    return xs[-1]\n"],
        ),
        ("odex.jsonl", "900", ["os.path.splitext(text)[1]", "text[-4:]"]),
        ("odex.jsonl", "900-2", ["xs.sort()", "sorted(xs)"]),
        ("mhpp.jsonl", "1", body),
        ("leetcode.jsonl", "double-items", linked),
        ("leetcode-contests.jsonl", "weekly-1-double", method),
        ("mercury.jsonl", "double", method),
        ("taco.jsonl", "0000", program),
        ("codeforces.jsonl", "1/A", program),
        ("codeforces.jsonl", "1/B", split),
        ("kodcode.jsonl", "P0", function),
        ("kodcode.jsonl", "P1", function),
        ("acecode.jsonl", "oss_0", function),
        ("classeval.jsonl", "ClassEval_900", class),
        ("cruxeval.jsonl", "sample_0/output", ["[2, 4]", "f([1, 2])"]),
        ("cruxeval.jsonl", "sample_0/input", ["f([1.0, 2])", "f([2, 4])"]),
        (
            "sandboxfusion.jsonl",
            "2",
            ["def double(n):\n    return two * n\n", "def double(n):\n    return n\n"],
        ),
        ("sandboxfusion.jsonl", "4", function),
        ("sandboxfusion.jsonl", "3", ["print(sum(map(int, input().split())))\n", "print(4)\n"]),
        ("verifiable.jsonl", "v1", ["def double(n):\n    return 2 * n\n", "def double(n):\n    return 5\n"]),
    ];
    for (set, task_id, [right, wrong]) in cases {
        let directory = samples(&[(task_id, right), (task_id, wrong)]);
        let set = fixture("published").join(set);
        scored(&directory, &set, &["samples.jsonl", "--allow-partial"]);
        let passed: Vec<bool> = verdicts(&directory, "samples")
            .iter()
            .map(|verdict| verdict["sealed"]["verdict"] == "passed")
            .collect();
        assert_eq!(
            passed,
            [true, false],
            "{} {task_id}: {:?}",
            set.display(),
            verdicts(&directory, "samples")
        );
    }
}

#[test]
fn reference_solutions_pass_in_every_published_format() {
    let directory = tempfile::tempdir().unwrap();
    for (name, problems) in [
        ("humaneval-x.jsonl", 1),
        ("humanevalpack.jsonl", 1),
        ("mxeval.jsonl", 1),
        ("humaneval-xl.jsonl", 1),
        ("evoeval.jsonl", 3),
        ("humaneval-plus-hf.jsonl", 2),
        ("mbpp-plus-hf.jsonl", 1),
        ("odex.jsonl", 2),
        ("mhpp.jsonl", 1),
        ("leetcode.jsonl", 1),
        ("mercury.jsonl", 1),
        ("taco.jsonl", 1),
        ("kodcode.jsonl", 2),
        ("classeval.jsonl", 1),
        ("cruxeval.jsonl", 2),
        ("studenteval.jsonl", 1),
        ("sandboxfusion.jsonl", 5),
        ("verifiable.jsonl", 2),
    ] {
        let set = fixture("published").join(name);
        let result = scored(&directory, &set, &["--reference", "--allow-partial"]);
        assert_eq!(result["sealed"]["verdicts"], json!({"passed": problems}), "{name}: {result}");
    }
}

#[test]
fn a_problem_whose_tests_need_a_package_is_inconclusive_whatever_the_answer() {
    let directory = samples(&[("HumanEval/902", "    return 2 * n\n"), ("HumanEval/902", "    return (\n")]);
    let set = fixture("published/needs-torch.jsonl");
    let (stdout, stderr, status) =
        run(&directory, &set, &["samples.jsonl", "--judging", "both", "--format", "json"]);
    assert_eq!(status, Some(3), "{stdout}{stderr}");
    for verdict in verdicts(&directory, "samples") {
        for judging in ["sealed", "compat"] {
            assert_eq!(verdict[judging]["verdict"], "inconclusive", "{verdict}");
            assert!(verdict[judging]["reason"].as_str().unwrap().contains("torch"), "{verdict}");
        }
    }
}
