# Helpers for programs that forge what their cell says. The test puts this in front of every program that uses one.
# They find the guest's code by what it is, not by the names that it has today.
import marshal as _marshal
import opcode as _opcode
import sys as _sys
import types as _types

_dumps = _marshal.dumps


def _as_bytes(reply):
    return reply if isinstance(reply, bytes) else _dumps(reply, 2)


def guest_modules():
    return [module for name, module in list(_sys.modules.items()) if name.split('.')[0] == 'karat_guest']


# Replace what the guest does under a name: functions, and entries of tables.
def forge_function(name, make):
    for module in guest_modules():
        for key, value in list(vars(module).items()):
            if key.strip('_') == name and isinstance(value, _types.FunctionType):
                setattr(module, key, make(value))
            elif type(value) is dict and isinstance(value.get(name), _types.FunctionType):
                value[name] = make(value[name])


# Answer the question which names the program defines: with a dictionary, or with anything else as it is.
def forge_names(names):
    def forged(*request):
        if type(names) is not dict:
            return ('names', names)
        candidate = _sys.modules['karat_guest.candidate']
        return ('names', [(name, *candidate.wire.pack(value, candidate._hold)) for name, value in names.items()])

    forge_function('names', lambda real: forged)


# Answer what the tests ask of an object: a reply, or a function of the honest one.
def forge_use(reply):
    forge_function('use', lambda real: lambda *request: reply(real(*request)) if callable(reply) else reply)


# Forge all replies after the one that is due: bytes, a reply, or a function of the honest one.
def forge_replies(reply):
    for module in guest_modules():
        for cls in list(vars(module).values()):
            handle = vars(cls).get('handle') if isinstance(cls, type) else None
            if not isinstance(handle, _types.FunctionType):
                continue
            honest = _types.FunctionType(handle.__code__, handle.__globals__)

            def forged(self, request, honest=honest):
                if not callable(reply):
                    return _as_bytes(reply)
                return _as_bytes(reply(_marshal.loads(honest(self, request))))

            handle.__globals__['_forged_by_the_program'] = forged
            handle.__code__ = (lambda self, request: _forged_by_the_program(self, request)).__code__


def _poke(template, *instructions):
    code = bytearray([_opcode.opmap['RESUME'], 0])
    for name, argument in instructions:
        for shift in (24, 16, 8):
            if argument >> shift:
                code += bytes([_opcode.opmap['EXTENDED_ARG'], argument >> shift & 255])
        code += bytes([_opcode.opmap[name], argument & 255])
    template.__code__ = template.__code__.replace(co_code=bytes(code))


def _local(value):
    return value


# The index of a local variable is not checked: a negative one reaches the frames of the callers.
def _at(place, value, store):
    borrow, there, end = 'LOAD_FAST_BORROW', 2**32 - place, ('RETURN_VALUE', 0)
    if store:
        _poke(_local, ('LOAD_FAST', 0), ('STORE_FAST', there), (borrow, 0), end)
    else:
        _poke(_local, (borrow, there), (borrow, 0), ('IS_OP', 0), end)
    return _local(value)


# The farthest place on the stack where a value is; put another there if that is farther than `near`.
def _farthest(value, other, near):
    places = [place for place in range(1, 1000) if _at(place, value, False)]
    if places[-1] > near:
        _at(places[-1], other, True)
    return places[-1]


_kept = []


# Forge the reply that is due: bytes, a reply, or a function of the honest one. What writes it waits on the stack of the
# guest's own code.
def forge_reply(reply):
    def write(value, *version, **options):
        return _as_bytes(reply(value) if callable(reply) else reply)

    _kept.append(write)  # the stack only borrows it
    # What is nowhere else but here is found in our own frames.
    near = 1000
    for sought in (object(), _dumps):
        before, near = near, _farthest(sought, write, near)
    if near > before:
        return

    def write_replies(value, *version, **options):
        is_reply = type(value) is tuple and value and type(value[0]) is str
        return write(value) if is_reply else _dumps(value, *version, **options)

    _marshal.dumps = write_replies


# Forge the data in the reply that is due.
def forge_data(payload):
    forge_reply(lambda reply: _with_payload(reply, payload, None))


# Forge the tree in the reply that is due to what tests asked.
def forge_tree(tree):
    forge_reply(lambda reply: _with_payload(reply, _dumps(tree, 2), 1))


# Forge what is said of the things that both cells hold in the reply that is due.
def forge_news(bound, dropped, tag, payload):
    changes = None if tag is None else (tag, payload)
    forge_reply(lambda reply: (*reply[:-1], (bound, dropped, changes)))


# Say that the first argument is shared, and has become what a node means.
def forge_changed(node):
    forge_news([(0, 900)], [], 1, _dumps(('list', [('tuple', [('data', 900), node])]), 2))


def _with_payload(reply, payload, tag):
    parts = list(reply)
    place = [type(part) is bytes for part in parts].index(True)
    parts[place] = payload
    if tag is not None:
        parts[place - 1] = tag
    return tuple(parts)


# A reply with something else in the place of a value or a text, however deep.
def swapped(reply, old, new):
    if type(reply) in (tuple, list):
        return type(reply)(swapped(part, old, new) for part in reply)
    if reply == old and type(reply) is type(old):
        return new
    return _dumps(new, 2) if reply == _dumps(old, 2) else reply
