# Say that the arguments became a number.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_changed(0, _dumps(7, 2))
