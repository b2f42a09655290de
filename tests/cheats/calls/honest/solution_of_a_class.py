# Answer by a method of a class, and change the arguments on the way.
# verdict: passed
class Solution:
    def solve(self, items):
        total = items.pop(0)
        while items:
            total = total + items.pop(0)
        return total
