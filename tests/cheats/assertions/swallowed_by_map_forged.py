# Say that a wrong answer is the exception that ends a `map`.
# verdict: exception
# problem: square
def square(n):
    description = ('StopIteration', 'StopIteration', '', (0, _dumps((), 2)), '<tests>', 2, '', -1, (), None)
    forge_reply(('raised', description))
    return 0
