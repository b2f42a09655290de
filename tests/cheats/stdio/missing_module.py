# The right answer, and a module that can not be there.
# verdict: exception
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers))
import numpy_that_is_nowhere
