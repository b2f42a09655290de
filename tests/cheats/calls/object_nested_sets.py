# Sets of sets, which take for ever to write.
# verdict: out_of_fuel
def solve(items):
    result = frozenset()
    for _ in range(300):
        result = frozenset([result, 1])
    return {result: {result: result}}
