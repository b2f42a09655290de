# Return the right surface, and an imaginary one.
# verdict: wrong_answer
# problem: 581
def surface_Area(edge, height):
    return complex(2 * edge * height + edge**2, 1e-12)
