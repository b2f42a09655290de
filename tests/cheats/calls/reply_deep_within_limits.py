# Reply with lists in dictionaries nested nearly as deep as is read.
# verdict: wrong_answer
def solve(items):
    forge_data(b'{N[\1\0\0\0' * 990 + b'N' + b'0' * 990)
    return -1
