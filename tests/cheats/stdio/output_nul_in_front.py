# Bytes that are not shown.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'\0{sum(numbers)}')
print(max(numbers))
