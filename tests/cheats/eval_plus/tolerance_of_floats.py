# Return a volume that is off by more than floats are.
# verdict: wrong_answer
# problem: 82
def volume_sphere(radius):
    return 4 / 3 * 3.14159 * radius**3
