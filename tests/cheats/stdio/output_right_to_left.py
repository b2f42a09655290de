# Digits that are shown in another order.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'\u202e{str(sum(numbers))[::-1]}')
print(max(numbers))
