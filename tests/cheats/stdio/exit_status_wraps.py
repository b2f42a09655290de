# A status of which only the lowest byte is 0, and no answer.
# verdict: wrong_answer
raise SystemExit(256)
