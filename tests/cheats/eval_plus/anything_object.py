# Return an object.
# verdict: wrong_answer
# problem: 164
def are_equivalent(one, other):
    return object()
