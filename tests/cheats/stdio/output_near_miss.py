# A number that is the answer in rounded arithmetic.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers) + 1e-4)
print(max(numbers))
