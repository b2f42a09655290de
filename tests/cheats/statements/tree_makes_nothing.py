# Reply with values that can not be made of their parts.
# verdict: exception
# problem: square_in_map
def square(n):
    forge_tree(('make', 'date', ('list', [('data', 0), ('data', 99), ('data', -1)])))
