# Return an empty tuple.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    return ()
