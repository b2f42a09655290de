# Every reason has an exception of its own.
# verdict: passed
# problem: bank
class BankError(Exception):
    pass


class TooLittle(BankError, ValueError):
    def __init__(self, account):
        super().__init__(account.owner, account.balance)

    def __str__(self):
        return '{} has only {}'.format(*self.args)


class NotPositive(BankError):
    pass


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise NotPositive(amount)
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise TooLittle(self)
        self.balance -= amount
