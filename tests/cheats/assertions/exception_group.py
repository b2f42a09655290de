# Raise a group of groups, as deep as there is room.
# verdict: exception
    error = AssertionError(n)
    for _ in range(5000):
        error = ExceptionGroup('group', [error])
    raise error
