# Take from a deque that is to stay as it is.
# verdict: wrong_answer
# problem: taken
def taken(items):
    count = len(items)
    items.pop()
    return count
