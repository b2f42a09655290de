# Return a dictionary that has the items for its keys.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    return {item: 0 for item in one if item in other}
