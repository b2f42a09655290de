# Say that what is before the first argument is shared.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_news([(-1, 900)], [], None, None)
