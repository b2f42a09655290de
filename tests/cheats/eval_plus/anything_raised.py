# Raise where anything will do.
# verdict: exception
# problem: 164
def are_equivalent(one, other):
    raise ValueError(one)
