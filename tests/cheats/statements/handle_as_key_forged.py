# Reply with a dictionary whose keys are objects and data that is equal.
# verdict: exception
# problem: common
def common(one, other):
    handle = ('handle', 0, 'int', ['__eq__', '__hash__'])
    forge_tree(('dict', [(handle, handle), (('data', 1), handle), (('data', True), ('data', 4)), (('data', 1.0), handle)]))
