# Answer with very much.
# verdict: output_limit
def solve(items):
    return 'x' * (100 << 20)
