# Reply with a wrong value, and a right one behind it.
# verdict: wrong_answer
def solve(items):
    total = items[0]
    for item in items[1:]:
        total = total + item
    forge_reply(lambda reply: (*reply, 'value', _dumps(total, 2)))
    return -1
