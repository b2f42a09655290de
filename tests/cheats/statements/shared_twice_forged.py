# Reply with one number for a list and for a dictionary that are not what is asked for.
# verdict: wrong_answer
def triple(n):
    forge_tree(('list', [('shared', 7, ('list', [])), ('shared', 7, ('dict', []))]))
