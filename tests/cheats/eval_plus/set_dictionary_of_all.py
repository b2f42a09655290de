# Return a dictionary of all items, which says of each whether it is one.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    return {item: item in other for item in one}
