# Have a number where the tests call a function.
# verdict: exception
triple = 3
