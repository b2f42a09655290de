# Change a list in the list.
# verdict: wrong_answer
# problem: taken
def taken(items):
    if isinstance(items, list):
        items[0].pop()
    return len(items)
