# Return the same list from every call.
# verdict: wrong_answer
# problem: squares
found = []


def squares(numbers):
    found[:] = [n * n for n in numbers]
    return found
