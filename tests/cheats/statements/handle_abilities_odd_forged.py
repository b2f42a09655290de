# Reply with an object whose abilities are no list of names.
# verdict: exception
def triple(n):
    forge_tree(('handle', 0, 'int', {'__eq__': ['__init__']}))
