# Reply with a tree that has a code object in it.
# verdict: exception
def digit_sum(n):
    forge_tree(('data', (lambda: 0).__code__))
