# Leave when an object goes.
# verdict: exited
    class Bomb:
        def __del__(self):
            import os
            os._exit(0)
    Bomb()
    return -1
