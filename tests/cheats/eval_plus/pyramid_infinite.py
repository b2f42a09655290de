# Return more than there can be.
# verdict: wrong_answer
# problem: 581
def surface_Area(edge, height):
    return float('inf')
