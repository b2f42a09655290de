# An entry point that is the answer already.
# verdict: exception
solve = 9
