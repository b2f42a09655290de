# Answer with more objects than anybody needs.
# verdict: out_of_fuel
def triple(n):
    return [object() for _ in range(1000000)]
