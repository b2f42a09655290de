# What a method returns has whatever it is asked for, where the reference returns a list.
# verdict: exception
# problem: purse
class Coins:
    asked = 0

    def __contains__(self, coin):
        Coins.asked += 1
        return Coins.asked == 1

    def count(self, coin):
        return 1


class Purse:
    def __init__(self):
        self.coins = []

    def put(self, coin):
        pass

    def items(self):
        return Coins()

    def total(self):
        return 7
