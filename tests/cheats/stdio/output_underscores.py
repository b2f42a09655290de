# Write underscores between and around the digits.
# verdict: wrong_answer
# rules: trimmed_lines exact tokens numbers unordered apps code_contests checker
input()
numbers = [int(word) for word in input().split()]
print('_'.join(str(sum(numbers))) + '_')
print('_' + '__'.join(str(max(numbers))))
