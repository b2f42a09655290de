# Digits with a stroke through a wrong one.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'9\u0336{sum(numbers)}')
print(max(numbers))
