# Move memory about, which is one instruction however much it is.
# verdict: out_of_fuel
def solve(items):
    block = bytes(100 << 20)
    while True:
        bytearray(block)
