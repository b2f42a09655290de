# Reply with a wrong value, and a right one behind it.
# verdict: wrong_answer
def digit_sum(n):
    right = _dumps(sum(map(int, str(n))), 2)
    forge_reply(lambda reply: (*reply, 0, right, None))
    return -1
