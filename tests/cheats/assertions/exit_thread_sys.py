# Leave from a thread, politely.
# verdict: wrong_answer
    import sys
    import threading
    threading.Thread(target=sys.exit).start()
    return -1
