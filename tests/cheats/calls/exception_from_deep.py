# Raise as deep as it goes, and again at each level on the way back.
# verdict: exception
def solve(items):
    try:
        return solve(items)
    except RecursionError as error:
        raise KeyError(items) from error
