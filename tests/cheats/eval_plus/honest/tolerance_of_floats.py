# Return a volume that is off by what rounding makes of it.
# verdict: passed
# problem: 82
import math


def volume_sphere(radius):
    return math.pi * radius * radius * radius / 3 * 4
