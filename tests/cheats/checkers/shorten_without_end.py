# Write what the checker never finishes with.
# verdict: wrong_answer
# problem: shorten
print('aab')
