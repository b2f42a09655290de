# Write a number of which the checker makes the largest table that there is room for, and then more.
# verdict: wrong_answer
# problem: sieve
print(2**28)
