# Reply to the first call as to the loading of the program.
# verdict: exception
def digit_sum(n):
    forge_reply(('loaded', 10))
