# Raise out of whatever runs next.
# verdict: exception
import sys


def profile(frame, event, argument):
    raise KeyboardInterrupt


sys.setprofile(profile)
