# Leave with a status of a million digits, the lowest byte of which is 0.
# verdict: exited
import sys

print(-1)
sys.exit((1 << 4000000) + 1)
