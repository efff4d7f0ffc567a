# calling - functions called with every kind of argument, and closures.
#
# SPDX-License-Identifier: Apache-2.0
from functools import partial, reduce
from operator import add, attrgetter, methodcaller, mul

ROUNDS = 2_600


def plain(a, b, c):
    return a + b - c


def defaults(a, b=2, *, c=3, d=None):
    return a * b + c - (d or 0)


def many(*args, **kwargs):
    return len(args) * 10 + len(kwargs)


def only(a, /, b, *rest, key, **names):
    return a + b + sum(rest) + key + len(names)


def make_adder(n):
    calls = 0

    def adder(k):
        nonlocal calls
        calls += 1
        return n + k + calls

    return adder


def twice(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) + function(*args, **kwargs)

    return wrapper


@twice
def decorated(x, y=1):
    return x - y


def compose(*functions):
    return reduce(lambda f, g: lambda x: f(g(x)), functions)


def recursive(n):
    return 1 if n < 2 else recursive(n - 1) + recursive(n - 2)


class Account:
    rate = 3

    def __init__(self, cents, owner="nobody", **more):
        self.cents, self.owner = cents, owner
        self.__dict__.update(more)

    def __call__(self, cents):
        self.cents += cents
        return self

    def add(self, *cents, times=1):
        for c in cents:
            self.cents += c * times
        return self

    def __getitem__(self, at):
        return self.cents // 10**at % 10

    def __bool__(self):
        return self.cents > 0

    @classmethod
    def empty(cls, **more):
        return cls(0, **more)

    @staticmethod
    def interest(cents, days=360):
        return cents * Account.rate * days // 36000


class Savings(Account):
    rate = 4

    def __init__(self, *args, bonus=1, **kwargs):
        super().__init__(*args, **kwargs)
        self.bonus = bonus

    def add(self, *cents, **options):
        super().add(*cents, **options)
        return super().add(self.bonus)


def run():
    total = 0
    add_five, half = make_adder(5), partial(defaults, b=4, c=1)
    chain = compose(str, lambda x: x + 1, abs, int)
    methods = methodcaller("add", 2, times=3), attrgetter("cents", "owner")
    for n in range(ROUNDS):
        pair, names = (n, n + 1), {"c": n % 7, "d": 2}
        total += plain(n, 1, 2) + plain(*pair, c=3) + plain(b=1, c=n, a=2)
        total += defaults(n) + defaults(n, 5) + defaults(n, **names) + half(n)
        total += many() + many(1, *pair) + many(*pair, x=1, **names)
        total += only(1, 2, key=3) + only(1, *pair, 4, key=n, extra=0)
        total += (
            add_five(n) + decorated(n) + decorated(n, y=2) + int(chain(-n))
        )
        total += sum(map(add, pair, (1, 2))) + reduce(mul, (1, 2, n % 5), 1)
        total += (lambda a, b=n: a + b)(3) + [f(n) for f in (abs, int, round)][
            1
        ]
        account = (Savings if n & 1 else Account)(n, owner="me", limit=5)
        total += (
            account(3).add(1, 2).add(4, times=2).cents
            + account[1]
            + bool(account)
        )
        total += (
            methods[0](account).cents + methods[1](account)[0] + account.limit
        )
        total += (
            Savings.empty(bonus=2).bonus
            + account.interest(n)
            + isinstance(account, Savings)
        )
        total += (
            max(pair, key=lambda k: -k)
            + min(3, n)
            + len(sorted(pair, reverse=True))
        )
        if n % 100 == 0:
            total += recursive(13)
        total %= 1_000_000_007
    return total
