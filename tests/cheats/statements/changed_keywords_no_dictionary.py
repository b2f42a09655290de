# Say that the arguments by name became a list.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_changed(0, _dumps((([1, 2, 3],), ['numbers', 'numbers']), 2))
