# Say that a wrong answer is a lack of memory.
# verdict: out_of_memory
def digit_sum(n):
    forge_reply(lambda reply: swapped(reply, 'ArithmeticError', 'MemoryError'))
    raise ArithmeticError
