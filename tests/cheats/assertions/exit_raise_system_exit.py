# Raise what sys.exit raises.
# verdict: exited
    raise SystemExit(0)
