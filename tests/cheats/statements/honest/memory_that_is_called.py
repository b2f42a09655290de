# A dictionary that remembers what a function returned, and is called in its place.
# verdict: passed
# problem: fibonacci
class memoize(dict):
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self[arguments]

    def __missing__(self, arguments):
        self[arguments] = self.function(*arguments)
        return self[arguments]


@memoize
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
