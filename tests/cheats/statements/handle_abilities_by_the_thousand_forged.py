# Reply with an object that can do a thousand things, most of which there are not.
# verdict: exception
def triple(n):
    forge_tree(('handle', 0, 'int', [f'__ability_{number}__' for number in range(100000)]))
