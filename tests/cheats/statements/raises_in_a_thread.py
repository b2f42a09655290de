# What a thread raises ends the thread only.
# verdict: exception
# problem: threads
def square(n):
    raise ValueError(n)
