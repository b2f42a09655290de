# Reply with a class of exceptions that is a kind of what is none.
# verdict: wrong_answer
# problem: first
def first(items):
    forge_tree(('exception', 0, 'EmptyError', ('print', (7, 'Odd', ('nothing', 'object')))))


EmptyError = first
