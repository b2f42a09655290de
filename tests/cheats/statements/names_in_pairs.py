# Answer with pairs of names and values, which update a dictionary as well.
# verdict: exception
# problem: square_in_map
def square(n):
    return 0


forge_names([('square', square), ('all', lambda _: True), ('any', lambda _: False)])
