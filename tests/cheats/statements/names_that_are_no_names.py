# Define names that no program can have.
# verdict: exception
def triple(n):
    return 0


forge_names({'triple': triple, '': 1, 'a b': 2, '\ud800': 3, 'nul\0': 4, 'x' * 100000: 5})
