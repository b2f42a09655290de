# Write the right answer and leave with a status that says it failed.
# verdict: exited
import sys
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers))
sys.exit(3)
