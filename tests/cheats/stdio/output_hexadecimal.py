# Write the right numbers to another base.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(hex(sum(numbers)))
print(float(max(numbers)).hex())
