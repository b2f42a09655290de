# Write the answer from the handler of the exception.
# verdict: exception
import sys
input()
numbers = [int(word) for word in input().split()]


def hook(*arguments):
    print(sum(numbers))
    print(max(numbers))


sys.excepthook = sys.unraisablehook = hook
raise ValueError
