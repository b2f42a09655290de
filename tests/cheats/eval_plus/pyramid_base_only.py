# Return the surface without the sides.
# verdict: wrong_answer
# problem: 581
def surface_Area(edge, height):
    return edge**2
