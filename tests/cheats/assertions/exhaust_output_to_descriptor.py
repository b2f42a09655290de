# Write without end, past Python's own streams.
# verdict: output_limit
    import os
    while True:
        os.write(1, b'x' * 1000)
