# Reply with a tree of what are no nodes.
# verdict: exception
def triple(n):
    forge_tree(('list', [3, None, 'data', (), [], ('data',), ('dict', [1])]))
