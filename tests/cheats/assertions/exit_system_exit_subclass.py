# A SystemExit under another name.
# verdict: exited
    raise Done()


class Done(SystemExit):
    pass
