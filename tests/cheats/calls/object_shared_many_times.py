# Answer with lists that share their items, which is more than anybody can write.
# verdict: out_of_fuel
def solve(items):
    answer = items
    for _ in range(60):
        answer = [answer, answer]
    return answer
