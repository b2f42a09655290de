# End the process before the call.
# verdict: exited
import os

os._exit(0)
