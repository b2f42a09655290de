# Write nothing.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
