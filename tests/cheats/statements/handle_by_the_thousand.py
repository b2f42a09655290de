# Answer with more objects than anybody needs.
# verdict: output_limit
def triple(n):
    return [object() for _ in range(1000000)]
