# Say that more arguments are shared than there are.
# verdict: exception
# problem: arrange
def arrange(numbers):
    forge_news([(0, 900), (1, 901)], [], None, None)
