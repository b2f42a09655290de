# Say that there were fewer arguments than were given.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_changed(0, _dumps(((), {}), 2))
