# Say that there were fewer arguments than were given.
# verdict: wrong_answer
# problem: arrange
def arrange(numbers):
    forge_changed(0, _dumps(((), {}), 2))
