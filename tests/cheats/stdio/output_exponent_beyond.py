# Write numbers whose exponents have more digits than there are numbers.
# verdict: wrong_answer
print('1e' + '9' * 1000)
print('0.' + '0' * 1000 + '1e-' + '9' * 400000)
