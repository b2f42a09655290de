# Say that more arguments were changed than there are.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_changed(0, _dumps((([0, 0, 0], [1, 2, 3], [-1, 0, 5, 5]), {'numbers': [], 'other': [1, 2, 3]}), 2))
