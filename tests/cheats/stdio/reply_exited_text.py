# Reply with a status that is no number.
# verdict: exception
from karat_guest import program
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
program._outcome = lambda *arguments: ('exited', 'no')
