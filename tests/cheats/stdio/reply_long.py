# Reply with a status of 64 MiB.
# verdict: output_limit
print(-1)
forge_reply(('ended' * (12 << 20),))
