# Raise what the tests expect, always.
# verdict: exception
# problem: root
def root(n):
    raise ValueError(n)
