# Leave from a thread.
# verdict: exited
    import os
    import threading
    threading.Thread(target=os._exit, args=(0,)).start()
    return -1
