# A mark in front that editors hide.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'\ufeff{sum(numbers)}')
print(max(numbers))
