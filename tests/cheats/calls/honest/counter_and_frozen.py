# Answer with a Counter and with frozen sets.
# verdict: passed
# problem: collections
# rules: values unordered eval_plus apps live_code_bench checker
from collections import Counter


def solve(items):
    if isinstance(items[0], int):
        return frozenset(items)
    if isinstance(items[0], str):
        return Counter(items)
    return {frozenset(item) for item in items}
