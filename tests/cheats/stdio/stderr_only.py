# The right answer on standard error.
# verdict: wrong_answer
import sys
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers), file=sys.stderr)
print(max(numbers), file=sys.stderr)
