# Return the distance as a text.
# verdict: wrong_answer
# problem: 558
def digit_distance_nums(one, other):
    return str(sum(map(int, str(abs(one - other)))))
