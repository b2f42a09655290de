# Return a text of the letters, and otherwise the bytes of the numbers.
# verdict: wrong_answer
# problem: 2
def similar_elements(one, other):
    items = set(one) & set(other)
    return ''.join(items) if 'a' in items else bytes(items)
