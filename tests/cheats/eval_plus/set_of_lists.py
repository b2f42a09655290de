# Return the items in lists, which no set can hold.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    return [[item] for item in one if item in other]
