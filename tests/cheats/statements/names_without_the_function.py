# Define none of the names.
# verdict: exception
def triple(n):
    return 3 * n


forge_names({})
