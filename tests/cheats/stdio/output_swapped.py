# The right numbers in the wrong places of one line.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(max(numbers), sum(numbers))
