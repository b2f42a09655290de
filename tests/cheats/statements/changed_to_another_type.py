# Say that the argument became something of another type.
# verdict: wrong_answer
# problem: arrange
def arrange(numbers):
    forge_changed(0, _dumps((((1, 2, 3),), {'numbers': 'text'}), 2))
