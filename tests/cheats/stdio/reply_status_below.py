# Reply with a status that is 0 in the lowest byte only.
# verdict: exception
import sys

print(-1)
forge_reply(lambda reply: swapped(reply, 3, -256))
sys.exit(3)
