# Reply with a dictionary whose key is a list.
# verdict: exception
# problem: common
def common(one, other):
    forge_tree(('dict', [(('list', [('data', 4)]), ('data', 5))]))
