# Return the argument itself.
# verdict: wrong_answer
# problem: squares
def squares(numbers):
    if all(n == 1 for n in numbers):
        return numbers
    return [n * n for n in numbers]
