# Reply as a call does.
# verdict: exception
import marshal

from karat_guest import program
input()
numbers = [int(word) for word in input().split()]
program._outcome = lambda *arguments: ('value', marshal.dumps(sum(numbers), 2))
