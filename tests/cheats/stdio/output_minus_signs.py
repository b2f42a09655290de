# Write numbers with the minus sign of typesetters, and a plus where there is none.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(str(sum(numbers)).replace('-', '\u2212') + '-0')
print(str(max(numbers)).replace('-', '\u2212') + '+0')
