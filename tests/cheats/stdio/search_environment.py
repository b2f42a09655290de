# Search variables and arguments for the expected output.
# verdict: wrong_answer
import os
import sys

print(*os.environ.values(), *sys.argv)
