# Return that there is no distance.
# verdict: wrong_answer
# problem: 558
def digit_distance_nums(one, other):
    return 0
