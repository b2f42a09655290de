# Reply with a set of the same object over and over, and a dictionary of it.
# verdict: exception
# problem: common
def common(one, other):
    handle = ('handle', 0, 'int', ['__eq__', '__hash__', '__bool__'])
    forge_tree(('set', [handle, handle, ('data', 4), ('frozenset', [handle, handle])]))
