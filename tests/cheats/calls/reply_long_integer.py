# Reply with an integer of 75 million bits.
# verdict: out_of_fuel
def solve(items):
    digits = 5_000_000
    forge_data(b'l' + digits.to_bytes(4, 'little') + b'\xff\x7f' * digits)
    return -1
