# The right answer, and no end on standard error.
# verdict: output_limit
import sys
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
while True:
    sys.stderr.write('x' * 10000)
