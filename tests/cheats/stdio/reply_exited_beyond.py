# Reply with a status of which only the lower half is 0.
# verdict: exception
from karat_guest import program
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
program._outcome = lambda *arguments: ('exited', 1 << 32)
