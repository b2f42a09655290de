# Return the difference itself.
# verdict: wrong_answer
# problem: 558
def digit_distance_nums(one, other):
    return abs(one - other)
