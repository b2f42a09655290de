# Leave politely before the call.
# verdict: exited
raise SystemExit(9)
