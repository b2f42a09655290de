# Reply that the answer is an object whose class and text are those of the right answer.
# verdict: wrong_answer
def solve(items):
    total = items[0]
    for item in items[1:]:
        total = total + item
    forge_reply(('object', type(total).__name__, repr(total)))
    return object()
