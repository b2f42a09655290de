# Another one that `except Exception` does not catch.
# verdict: exception
    raise GeneratorExit
