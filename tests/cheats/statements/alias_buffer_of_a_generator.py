# Yield one list that grows.
# verdict: wrong_answer
# problem: prefixes
def prefixes(items):
    found = items[:0]
    if isinstance(items, str):
        for item in items:
            found += item
            yield found
        return
    for item in items:
        found.append(item)
        yield found
