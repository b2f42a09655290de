# Read the expected value from standard input.
# verdict: exception
def solve(items):
    return int(input())
