# Define a name that a function of the tests makes when it is missing.
# verdict: wrong_answer
# problem: table
SQUARES = {2: 0}


def square(n):
    return 0
