# Raise an exception that is its own cause, at the end of a long chain.
# verdict: exception
    error = last = KeyError(n)
    for _ in range(5000):
        error.__cause__ = ValueError(n)
        error = error.__cause__
    error.__context__ = last
    raise last
