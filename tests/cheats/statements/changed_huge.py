# Say that the argument became a list of millions.
# verdict: out_of_fuel
# problem: arrange
def arrange(numbers):
    count = 1 << 24
    items = b'[' + count.to_bytes(4, 'little') + b'N' * count
    forge_news([(0, 900)], [], 0, b'[\1\0\0\0(\2\0\0\0i\x84\3\0\0' + items)
