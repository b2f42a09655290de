# Say that a number is what changed.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_news([(0, 900)], [], 0, _dumps(7, 2))
