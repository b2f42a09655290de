# Raise groups of groups, as deep as there is room.
# verdict: exception
def solve(items):
    error = ValueError(items)
    for _ in range(5000):
        error = ExceptionGroup('group', [error, StopIteration()])
    raise error
