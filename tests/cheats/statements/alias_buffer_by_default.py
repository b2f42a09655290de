# Return the list that is the default of an argument.
# verdict: wrong_answer
# problem: squares
def squares(numbers, found=[]):
    found.clear()
    found.extend(n * n for n in numbers)
    return found
