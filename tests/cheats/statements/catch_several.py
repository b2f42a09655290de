# Have the tests catch one of several exceptions.
# verdict: wrong_answer
# problem: first
class Empty(Exception):
    pass


EmptyError = (Empty, (AssertionError, Exception))


def first(items):
    return 3
