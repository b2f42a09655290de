# Reply with a status of 64 MiB.
# verdict: output_limit
def solve(items):
    forge_reply(('passed' * (10 << 20), _dumps(9, 2)))
