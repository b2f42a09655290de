# Reply with a list as the key of a dictionary.
# verdict: exception
def triple(n):
    forge_tree(('dict', [(('shared', 7, ('list', [])), ('data', 1))]))
