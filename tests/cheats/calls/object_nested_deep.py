# A list nested deeper than a reader goes.
# verdict: exception
def solve(items):
    result = []
    for _ in range(100000):
        result = [result]
    return result
