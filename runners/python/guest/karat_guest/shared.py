"""Containers that are one thing in both cells: a list that the candidate gave and keeps, one of the tests' that it keeps,
one that is in a value twice.

Each has a number, and both cells know what was in it when they last spoke. Whoever speaks says what has changed since, so
that each cell sees of the other what it would see if there were only one. What cells say of this is no more than code in
one cell could do to the things that it holds; a cell that says nothing of it has, in effect, made copies.

What only one cell holds any longer is no longer shared. Comparing costs, and both cells pay for it: more than
`_AT_ONCE` items, and `_EACH` for every time that they spoke, are not compared, so that a loop over a generator which keeps
a long list costs what it costs, and not its square.
"""

import collections
from operator import gt, is_
from sys import getrefcount

KINDS = {
    list, dict, set, bytearray, collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict
}  # fmt: skip
_HOLDERS = KINDS | {tuple}
_TABLES = {dict, collections.Counter, collections.OrderedDict, collections.defaultdict}

# The number of a thing of a class that is made from one of these is that of its handle and this.
MADE_FROM = 1 << 40

_AT_ONCE, _EACH = 5_000_000, 500
# As many are looked through for those that only one cell holds, for every time that they spoke.
_SWEPT = 64


_DEQUE, _ORDERED = collections.deque, collections.OrderedDict


class _How:
    """How to deal with the things of a class, whatever a class that is made from it overrides: how many items are in one,
    which they are, the same as plain data of that type, and how to put other data into it."""

    def __init__(self, base, items, data, write):
        self.size, self.items, self.data, self.write = base.__len__, items, data, write
        self.type = type(data(base()))


def _write_list(thing, data):
    list.__setitem__(thing, slice(None), data)


def _write_bytes(thing, data):
    thing[:] = data


def _refill(clear, fill):
    def write(thing, data):
        clear(thing)
        fill(thing, data)

    return write


def _rewrite_table(base):
    def write(thing, data):
        keys = [*base.__iter__(thing)]
        # Whoever goes through it just now may set what is under a key.
        if len(keys) != len(data) or any(key is not other and key != other for key, other in zip(keys, data)):
            base.clear(thing)
        for key, value in data.items():
            base.__setitem__(thing, key, value)

    return write


def _items_of_ordered(thing):
    # Its own methods ask a class that is made from it.
    keys = [*_ORDERED.__iter__(thing)]
    return keys + [dict.__getitem__(thing, key) for key in keys]


_OF_LIST = _How(list, list.copy, list.copy, _write_list)
_OF_TABLE = _How(
    dict,
    lambda thing: [*dict.__iter__(thing), *dict.values(thing)],
    lambda thing: dict(dict.items(thing)),
    _rewrite_table(dict),
)
_HOW = {
    list: _OF_LIST,
    _DEQUE: _How(
        _DEQUE,
        lambda thing: [*_DEQUE.__iter__(thing)],
        lambda thing: [*_DEQUE.__iter__(thing)],
        _refill(_DEQUE.clear, _DEQUE.extend),
    ),
    set: _How(
        set,
        lambda thing: [*set.__iter__(thing)],
        lambda thing: {*set.__iter__(thing)},
        _refill(set.clear, set.update),
    ),
    bytearray: _How(bytearray, bytes, bytes, _write_bytes),
    dict: _OF_TABLE,
    collections.Counter: _OF_TABLE,
    collections.defaultdict: _OF_TABLE,
    _ORDERED: _How(
        _ORDERED,
        _items_of_ordered,
        lambda thing: {key: dict.__getitem__(thing, key) for key in _ORDERED.__iter__(thing)},
        _rewrite_table(_ORDERED),
    ),
}


def _how(thing):
    return _HOW.get(type(thing)) or next(_HOW[cls] for cls in type.mro(type(thing)) if cls in _HOW)


def _is_same(before, now):
    if type(before) is bytes:
        return before == now
    return len(before) == len(now) and all(map(is_, before, now))


class Shared:
    """What one cell knows of it. The candidate's cell gives numbers upwards from 0, that of the tests' downwards."""

    def __init__(self, step):
        self._step = step
        self.forget()

    def forget(self):
        """Back to the state before anything was shared."""
        self._next = 0 if self._step > 0 else -1
        self._things, self._numbers, self._before = {}, {}, {}
        self._unsaid = {}
        self._left, self._waited = _AT_ONCE, 0

    def is_empty(self):
        """Whether nothing is shared."""
        return not self._things

    def has(self, number):
        """Whether a thing is shared by that number."""
        return number in self._things

    def number_of(self, thing):
        """The number of a thing that is shared, else None."""
        return self._numbers.get(id(thing))

    def hold(self, thing, number=None):
        """Share a thing from now on; its number. What is in it is to be noted once the other cell knows it."""
        if number is None:
            number, self._next = self._next, self._next + self._step
        if number in self._things or id(thing) in self._numbers:
            raise ValueError("this is shared already")
        self._things[number], self._numbers[id(thing)], self._unsaid[number] = thing, number, thing
        return number

    def given(self):
        """How many numbers were given: for `take_back`."""
        return self._next

    def take_back(self, given):
        """Give the last numbers back: what they were given for was not said."""
        while self._next != given:
            self._next -= self._step
            self.drop(self._next)

    def note(self, number):
        """The other cell knows what is in this thing now."""
        thing = self._things[number]
        self._before[number] = _how(thing).items(thing)
        self._unsaid.pop(number, None)

    def take(self, number, make=None):
        """The thing of that number, which `make()` makes if this is the first that is heard of it."""
        thing = self._things.get(number)
        if thing is None:
            if make is None or (number < 0) is (self._step < 0):
                raise KeyError(number)
            thing = make()
            if KINDS.isdisjoint(type.mro(type(thing))):
                raise TypeError("this is not shared")
            self.hold(thing, number)
            self.note(number)
        return thing

    def drop(self, number):
        """Share this no more."""
        thing = self._things.pop(number, None)
        if thing is not None:
            del self._numbers[id(thing)]
            self._before.pop(number, None)
            self._unsaid.pop(number, None)

    def sweep(self):
        """Drop what nobody else in this cell holds; the numbers of that."""
        dropped = []
        self._waited += _SWEPT
        if self._waited < len(self._things):
            return dropped
        self._waited = 0
        for number in [*self._things]:
            if getrefcount(self._things[number]) <= _BY_ITSELF:
                self.drop(number)
                dropped.append(number)
        return dropped

    def changes(self):
        """What is in those things now that have changed: a list of `(number, data)`."""
        changed = [(number, _how(thing).data(thing)) for number, thing in self._unsaid.items()]
        for number, _ in changed:
            self.note(number)
        self._left = min(self._left + _EACH, _AT_ONCE)
        for number, thing in self._things.items():
            how = _how(thing)
            self._left -= how.size(thing) + 16
            if self._left < 0:
                break
            items = how.items(thing)
            if not _is_same(self._before[number], items):
                self._before[number] = items
                changed.append((number, how.data(thing)))
        return changed

    def change(self, changes):
        """Let things become what they are in the other cell."""
        for number, data in changes:
            thing = self._things.get(number)
            if thing is None:
                continue  # it was said in a message that did not come
            how = _how(thing)
            if type(data) is not how.type:
                raise TypeError("a thing of another kind")
            how.write(thing, data)
            self.note(number)

    def is_met_again(self, things):
        """Whether some of the things are shared already."""
        return not self._numbers.keys().isdisjoint(map(id, things)) if self._numbers else False

    def bind(self, arguments):
        """Share the containers in the arguments of a call, which the other cell still holds, if the call changed or kept
        one of them: pairs of place and number."""
        are_changed = arguments.are_changed()
        if not are_changed and not arguments.are_kept():
            return []
        bound = []
        for place, thing in enumerate(arguments.things):
            if id(thing) not in self._numbers:
                number = self.hold(thing)
                bound.append((place, number))
                if not are_changed:
                    self.note(number)
        return bound


class Arguments:
    """The containers in the arguments of a call, before it is made."""

    def __init__(self, positional, keywords, payload):
        self.things, _, tuples = containers([*positional, *keywords.values()], payload)
        self._holders = self.things + tuples
        del tuples  # as it will be when they are counted again
        self._before = [_how(thing).items(thing) for thing in self.things]
        self._counts = [*map(getrefcount, self._holders)]

    def are_changed(self):
        """Whether there is something else in one of them."""
        return any(not _is_same(old, _how(thing).items(thing)) for thing, old in zip(self.things, self._before))

    def are_kept(self):
        """Whether something holds one of them that did not before."""
        return any(map(gt, map(getrefcount, self._holders), self._counts))


def containers(items, payload=b""):
    """The containers in data, each once, in an order that is the same in both cells; the ids of those that were met again;
    and the tuples that hold some. `payload` is what marshal writes of items and a dictionary."""
    found, twice, tuples, seen = [], {*()}, [], {*()}  # programs can put something else in the place of `set`
    if payload and payload.count(b"[") + payload.count(b"{") + payload.count(b"<") == 1:
        return found, twice, tuples
    levels = [items]
    for level in levels:
        if _HOLDERS.isdisjoint({*map(type, level)}):
            continue
        for item in level:
            cls = type(item)
            if cls in KINDS:
                if id(item) in seen:
                    twice.add(id(item))
                    continue
                seen.add(id(item))
                found.append(item)
            elif cls is tuple and not _HOLDERS.isdisjoint({*map(type, item)}):
                tuples.append(item)
            if cls in _HOLDERS:
                levels.append(item.values() if cls in _TABLES else () if cls in (set, bytearray) else item)
    return found, twice, tuples


def is_alone(items, payload):
    """Whether nothing but `items` holds any container in it, and each but once. `payload` is what marshal writes of it."""
    if payload.count(b"[") + payload.count(b"{") + payload.count(b"<") == 0:
        return True
    levels = [items]
    for level in levels:
        if _HOLDERS.isdisjoint({*map(type, level)}):
            continue
        for item in level:
            cls = type(item)
            if cls in _HOLDERS:
                if getrefcount(item) > IN_ONE and (cls is not tuple or not _HOLDERS.isdisjoint({*map(type, item)})):
                    return False
                levels.append(item.values() if cls in _TABLES else () if cls in (set, bytearray) else item)
    return True


def _count_in_one(items):
    for item in items:
        return getrefcount(item)


def _count_by_itself():
    things = {0: []}
    return getrefcount(things[0])


# How many references count what is nowhere else.
IN_ONE, _BY_ITSELF = _count_in_one([[]]), _count_by_itself()
