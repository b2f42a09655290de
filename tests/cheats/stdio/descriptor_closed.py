# Close standard output behind a wrong answer.
# verdict: wrong_answer
import os

print(-1)
try:
    os.close(1)
except OSError:
    pass
