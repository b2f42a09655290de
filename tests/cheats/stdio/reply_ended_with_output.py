# Reply with an output of our choice.
# verdict: exception
from karat_guest import program
input()
numbers = [int(word) for word in input().split()]
text = f'{sum(numbers)}\n{max(numbers)}\n'
program._outcome = lambda *arguments: ('ended', text)
