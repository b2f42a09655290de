# Take back what was flushed.
# verdict: exception
import sys
input()
numbers = [int(word) for word in input().split()]
print(-1, flush=True)
sys.stdout.seek(0)
sys.stdout.truncate()
print(sum(numbers))
print(max(numbers))
