# A list that holds itself.
# verdict: exception
def solve(items):
    result = []
    result.append(result)
    return result
