# Return parts that are numbers only nearly, and not enough of them.
# verdict: wrong_answer
# problem: parts
def solve(n):
    return [True] * (n - 1) + [0.25, 0.75]
