# Say that the argument became something of another type.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_changed(('tuple', [('data', 1), ('data', 2), ('data', 3)]))
