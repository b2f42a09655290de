# Reply with a node of a kind that there is not, deep in a tree.
# verdict: exception
def triple(n):
    forge_tree(('list', [('tuple', [('eval', '3 * n')])]))
