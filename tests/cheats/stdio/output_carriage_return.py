# Write over a wrong answer.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'999\r{sum(numbers)}')
print(max(numbers))
