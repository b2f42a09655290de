# Return the right volume in a list.
# verdict: wrong_answer
# problem: 82
import math


def volume_sphere(radius):
    return [4 / 3 * math.pi * radius**3]
