# Raise what ends a generator.
# verdict: exception
# problem: square_in_map
def square(n):
    raise GeneratorExit
