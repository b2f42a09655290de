# Something that `except Exception` does not catch.
# verdict: exception
    raise KeyboardInterrupt
