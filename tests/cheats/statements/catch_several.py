# Have the tests catch one of several exceptions.
# verdict: exception
# problem: first
class Empty(Exception):
    pass


EmptyError = (Empty, (AssertionError, Exception))


def first(items):
    return 3
