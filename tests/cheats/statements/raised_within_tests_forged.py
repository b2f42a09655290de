# Say that an exception comes from a line of the tests.
# verdict: wrong_answer
def triple(n):
    forge_reply(lambda reply: swapped(reply, '<program>', '<tests>'))
    raise AssertionError(n)
