# Raise what a failed assertion raises, as the function under test.
# verdict: exception
def triple(n):
    raise AssertionError((n, 3 * n))
