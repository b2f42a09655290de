# Read on where the input ends.
# verdict: exception
input()
numbers = [int(word) for word in input().split()]
print(input())
print(input())
