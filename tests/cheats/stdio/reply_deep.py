# Reply with lists in lists behind the status, until a reader's stack ends.
# verdict: output_limit
print(-1)
forge_reply(b'(\2\0\0\0' + b'u\5\0\0\0ended' + b'[\1\0\0\0' * 1000000 + b'N')
