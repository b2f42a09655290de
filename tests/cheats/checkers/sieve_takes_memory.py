# Write a number of which the checker makes a table.
# verdict: wrong_answer
# problem: sieve
print(10**10)
