# A formula in place of the number.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print('+'.join(map(str, numbers)), '+0', sep='')
print(f'max({numbers})')
