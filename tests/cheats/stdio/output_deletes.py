# Delete characters that hide a wrong digit.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'{sum(numbers)}9\x7f')
print(max(numbers))
