# Say that a function is one of those which every cell has.
# verdict: wrong_answer
def triple(n):
    return 0


def forged(reply, *request):
    return ('value', 1, _dumps(('dict', [(('data', 'triple'), ('known', 'builtins.eval'))]), 2), None)


forge_use(forged)
