# Look for the expected output behind the input.
# verdict: wrong_answer
import sys

lines = sys.stdin.read().split('\n')
print('\n'.join(lines[2:]))
