# Return a volume that is hardly imaginary.
# verdict: wrong_answer
# problem: 82
import math


def volume_sphere(radius):
    return complex(4 / 3 * math.pi * radius**3, 1e-9)
