# Answer with numbers that are right but for a little.
# verdict: wrong_answer
def solve(items):
    if isinstance(items[0], int):
        return sum(items) + 1e-3
    return items[0]
