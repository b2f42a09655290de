# Return all items of both.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    return (*one, *other)
