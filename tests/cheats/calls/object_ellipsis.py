# The value that stands for objects.
# verdict: wrong_answer
def solve(items):
    return ...
