# Write bytes that are no text.
# verdict: wrong_answer
# problem: number
import os

os.write(1, b'\xff\xfe\x80' * 1000)
