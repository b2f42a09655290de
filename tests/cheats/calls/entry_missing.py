# No entry point at all.
# verdict: exception
def check(candidate):
    return True
