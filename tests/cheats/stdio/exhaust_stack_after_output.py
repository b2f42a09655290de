# The right answer, and then the interpreter's own stack.
# verdict: out_of_fuel
import sys
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
sys.setrecursionlimit(10**9)
value = None
for _ in range(10**5):
    value = [value]
repr(value)
