# Take wrong digits back.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'1\b{sum(numbers)}')
print(f'1\b{max(numbers)}')
