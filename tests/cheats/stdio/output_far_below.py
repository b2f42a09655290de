# Something else far below the answer.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers))
print('\n' * 10000 + '1')
