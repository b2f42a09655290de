# Return a generator of the items.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    return (item for item in one if item in other)
