# Define names that are no texts.
# verdict: exception
def triple(n):
    return 0


forge_names({'triple': triple, 7: triple, None: triple, ('cases',): triple, b'wanted': 0})
