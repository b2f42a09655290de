# A number of half a million digits.
# verdict: wrong_answer
print('7' * 500000)
print('4.' + '0' * 500000 + '1')
