# Answer the question for names with a text of two letters each.
# verdict: exception
def triple(n):
    return 0


forge_names(['ab', 'cd'])
