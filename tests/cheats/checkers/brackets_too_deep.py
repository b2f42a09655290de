# Write brackets deeper than the checker descends.
# verdict: wrong_answer
# problem: brackets
print('(' * 100000 + ')' * 100000)
