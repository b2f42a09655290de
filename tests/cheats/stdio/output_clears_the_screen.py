# Clear away a wrong answer as a terminal would.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(-1)
print(f'\x1b[2J\x1b[H{sum(numbers)}')
print(max(numbers))
