# Reply with a hundred lists, each of which holds the one before it twice.
# verdict: out_of_fuel
def triple(n):
    tree = ('shared', 0, ('list', []))
    for number in range(1, 100):
        tree = ('shared', number, ('list', [tree, ('shared', number - 1)]))
    forge_tree(tree)
