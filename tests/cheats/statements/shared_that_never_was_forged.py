# Say of things that nobody shares that they changed, and of all that they are shared no more.
# verdict: wrong_answer
# problem: arrange
def arrange(numbers):
    changes = ('list', [('tuple', [('data', 12345), ('list', [('data', 1), ('data', 2), ('data', 3)])])])
    forge_news([], list(range(-100, 100)), 1, _dumps(changes, 2))
