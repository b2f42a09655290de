# Say that the argument became a list of millions.
# verdict: out_of_fuel
# problem: arrange
def arrange(numbers):
    count = 1 << 24
    forge_changed(0, b'(\2\0\0\0(\1\0\0\0[' + count.to_bytes(4, 'little') + b'N' * count + b'{0')
