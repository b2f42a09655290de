# Return the distance and a little.
# verdict: wrong_answer
# problem: 558
def digit_distance_nums(one, other):
    return sum(map(int, str(abs(one - other)))) + 1e-9
