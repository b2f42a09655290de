# Answer with something that never ends.
# verdict: wrong_answer
    import itertools
    return itertools.count()
