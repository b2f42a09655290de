"""Threads on the one stack that there is.

A thread starts when somebody waits. Whoever waits runs the threads that have not run yet, in the order of their start and
each to its end, until what it waits for is there. A thread that waits in its turn does the same on top of the one which
runs it. So everything works in which threads need not go back and forth: pools, queues that are filled before they are
emptied, events, barriers.

Each thread has a clock of its own, which begins with its start and goes on when it sleeps, so that threads which sleep at the
same time take no more than the longest of them. What happens in another order than by these clocks, and what needs going back
and forth, would take two stacks: the sandbox lacks that, and says so.

A daemon that sleeps in a loop, as one that beats for ever, need not come to its end: where the thread that it is on top of
can go on before it would wake up, it is given up. It is not missed where the program ends before that.
"""

import _thread
import _threading_local
import collections
import dis
import queue
import sys
import threading
import time


class _Frame:
    """A thread on the stack: what time it is for it, whether it is a daemon, whether it has slept, and, while it waits, what
    for and until when at the latest."""

    __slots__ = ("ident", "time", "is_daemon", "has_slept", "ready", "deadline")

    def __init__(self, ident, time, is_daemon=False):
        self.ident, self.time, self.is_daemon = ident, time, is_daemon
        self.has_slept, self.ready, self.deadline = False, _not_waiting, _NEVER


def _not_waiting():
    return False


_NEVER = float("inf")
# What has not run yet: the identifier of a thread, its function, whether it is a daemon, and when it was started.
_pending = collections.deque()
# The threads on the stack, the innermost at the end.
_stack = [_Frame(threading.get_ident(), 0.0)]
_last_ident = threading.get_ident()
# By its clock, when the last of the threads ended that have slept.
_latest_end = 0.0
# Whether a thread was given up that waited for something which did not come while it could have waited.
_given_up = False
# When the first of the daemons would have woken up that were given up while they slept.
_first_wake = _NEVER
# Whether it was found that these threads take two stacks.
_lacks_stacks = False


class Lacking(BaseException):
    """What threads do that takes two stacks. No handler of the program's is meant to see it."""

    def __init__(self):
        global _lacks_stacks
        _lacks_stacks = True
        super().__init__("these threads go back and forth between one another, which takes more than one stack")


class _GivenUp(BaseException):
    """Unwinds a thread whose wait no other thread can end as long as it is on the stack."""

    def __init__(self):
        # Where it waits for ever, none of its handlers would run.
        if _would_handle():
            raise Lacking


# What no handler of the program's may see.
NEVER_HANDLED = (Lacking, _GivenUp)


def wait_until(ready, timeout=None):
    """Run threads until `ready()`: whether it is. With a timeout, time passes when no thread is left."""
    global _given_up
    _check_stacks()
    frame = _stack[-1]
    before = frame.ready, frame.deadline
    frame.ready, frame.deadline = ready, _NEVER if timeout is None else _time_of(frame) + max(timeout, 0)
    try:
        while not ready():
            if _pending:
                _run_next()
            elif timeout is not None:
                _pass_time(frame, max(frame.deadline - _time_of(frame), 0))
                return ready()
            elif len(_stack) > 1:
                error = _GivenUp()
                _given_up = True
                raise error
            elif _given_up:
                raise Lacking
            else:
                raise RuntimeError("this waits for ever: there is no other thread")
        frame.time = max(frame.time, _latest_end)
        _check_wakes(frame)
        return True
    finally:
        frame.ready, frame.deadline = before


def finish():
    """Run the threads that have not run yet, but no daemon, as the interpreter does before it ends."""
    _check_stacks()
    daemons = [thread for thread in _pending if thread[2]]
    if daemons:
        rest = [thread for thread in _pending if not thread[2]]
        _pending.clear()
        _pending.extend(rest)
    while _pending:
        _run_next()


def _run_next(thread=None):
    """Run a thread that has not run yet, the first unless it is said which."""
    global _latest_end
    if thread is None:
        thread = _pending.popleft()
    else:
        _pending.remove(thread)
    ident, function, is_daemon, started = thread
    frame = _Frame(ident, started, is_daemon)
    _stack.append(frame)
    try:
        function()
        # Elsewhere it would have ended before another that has.
        if frame.time < _latest_end:
            raise Lacking
        if frame.has_slept:
            _latest_end = frame.time
    except _GivenUp:
        pass
    finally:
        _stack.pop()


def _time_of(frame):
    return frame.time if len(_stack) > 1 else time.monotonic()


def _pass_time(frame, seconds):
    """Let a thread sleep. Where others wait below it until a time that it sleeps beyond, they would have woken up before."""
    if len(_stack) == 1:
        _sleep(seconds)
        _check_wakes(frame)
        return
    if frame.is_daemon and (_stack[-2].deadline < frame.time + seconds or _is_in_a_loop()):
        _sleep_for_others(frame, frame.time + seconds)
    frame.time += seconds
    frame.has_slept = True
    if any(other.deadline < frame.time for other in _stack[:-1]):
        raise Lacking
    ahead = frame.time - time.monotonic()
    if ahead > 0:
        _sleep(ahead)


def _sleep_for_others(frame, wake):
    """Let those who are no daemons run while a daemon sleeps. Where the thread below can go on before it would wake up, it
    never does."""
    global _given_up, _first_wake
    below = _stack[-2]
    before, frame.deadline = frame.deadline, wake
    try:
        while not (below.ready() or below.deadline < wake):
            thread = next((thread for thread in _pending if not thread[2]), None)
            if thread is None:
                return
            _run_next(thread)
    finally:
        frame.deadline = before
    error = _GivenUp()
    _given_up = True
    _first_wake = min(_first_wake, wake)
    raise error


def _check_wakes(frame):
    """Who has waited until a daemon that was given up would have woken up would have met it."""
    if _time_of(frame) >= _first_wake:
        raise Lacking


def _check_stacks():
    """What takes two stacks does so for good, whoever has caught that."""
    if _lacks_stacks:
        raise Lacking


def _frames_of_program():
    """Where the innermost thread is in the program: pairs of code and offset."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code is not _run_next.__code__:
        if frame.f_code.co_filename[:1] == "<" and "frozen" not in frame.f_code.co_filename:
            yield frame.f_code, frame.f_lasti
        frame = frame.f_back


def _is_in_a_loop():
    return any(
        instruction.opname.startswith("JUMP_BACKWARD") and instruction.argval <= offset < instruction.offset
        for code, offset in _frames_of_program()
        for instruction in dis.get_instructions(code)
    )


def _would_handle():
    """Whether the innermost thread has a handler that runs whatever is raised: `finally`, or `except` without a class."""
    return any(_handles(code, offset) for code, offset in _frames_of_program())


def _handles(code, offset):
    table = dis._parse_exception_table(code)
    instructions = [*dis.get_instructions(code)]
    seen = set()
    while True:
        # A handler is itself within what is around its statement.
        target = next((entry.target for entry in table if entry.start <= offset < entry.end), None)
        if target is None or target in seen:
            return False
        seen.add(target)
        handler = [instruction for instruction in instructions if instruction.offset >= target]
        if handler[0].opname == "PUSH_EXC_INFO" and not _asks_for_a_class(handler[1:]):
            return True
        offset = target


def _asks_for_a_class(handler):
    """Whether a handler takes what is of some class only, or is that of a `with`."""
    if handler[0].opname == "WITH_EXCEPT_START":
        return True
    for instruction in handler:
        if instruction.opname == "CHECK_EXC_MATCH":
            return True
        if not instruction.opname.startswith(("LOAD_", "BUILD_TUPLE")) or instruction.argval == "BaseException":
            return False
    return False


def later(function, daemon=False):
    """Start a thread, which runs when somebody waits: its identifier."""
    global _last_ident
    _last_ident += 1
    _pending.append((_last_ident, function, daemon, _time_of(_stack[-1])))
    return _last_ident


def _start_new_thread(function, arguments, keywords={}, /):
    def run():
        try:
            function(*arguments, **keywords)
        except SystemExit:
            pass
        except Exception:
            sys.unraisablehook(sys.UnraisableHookArgs((*sys.exc_info(), None, function)))

    return later(run)


def _start(self):
    if self._started.is_set():
        raise RuntimeError("threads can only be started once")
    self._karat_state = "pending"

    def run():
        self._karat_state = "running"
        threading._active[self._ident] = self
        try:
            self.run()
        except SystemExit:
            pass
        except NEVER_HANDLED:
            raise
        except BaseException:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), self)))
        finally:
            threading._active.pop(self._ident, None)
            # A thread that was given up waits for ever.
            if not isinstance(sys.exception(), NEVER_HANDLED):
                self._karat_state = "done"

    self._ident = later(run, self.daemon)
    self._started.set()


def _join(self, timeout=None):
    if not self._started.is_set():
        raise RuntimeError("cannot join thread before it is started")
    if any(self._ident == frame.ident for frame in _stack):
        raise RuntimeError("cannot join current thread")
    wait_until(lambda: self._karat_state == "done", timeout)


def _is_alive(self):
    if not self._started.is_set():
        return False
    # Who asks a second time is waiting for the end.
    if self._karat_state == "pending":
        self._karat_state = "asked for"
    elif self._karat_state == "asked for" and _pending:
        _run_next()
    return self is threading.main_thread() or getattr(self, "_karat_state", "done") != "done"


_sleep = time.sleep


def _sleep_and_run(seconds, /):
    """Who sleeps lets others run. A thread's sleep does not, since it could not wake up before they end."""
    _check_stacks()
    if len(_stack) == 1 and _pending:
        end = time.monotonic() + seconds
        frame, frame_deadline = _stack[0], _stack[0].deadline
        frame.deadline = end
        try:
            while _pending:
                _run_next()
        finally:
            frame.deadline = frame_deadline
        seconds = max(end - time.monotonic(), 0)
    _pass_time(_stack[-1], seconds)


class Lock:
    """A lock whose holder is on the same stack as who waits for it."""

    __slots__ = ("_locked", "__weakref__")

    def __init__(self):
        self._locked = False

    def acquire(self, blocking=True, timeout=-1):
        if self._locked:
            if not blocking:
                return False
            if not wait_until(self._is_free, None if timeout is None or timeout < 0 else timeout):
                return False
        self._locked = True
        return True

    __enter__ = acquire

    def release(self):
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False

    def __exit__(self, *error):
        self.release()

    def locked(self):
        return self._locked

    def _is_free(self):
        return not self._locked

    def _at_fork_reinit(self):
        self._locked = False


class SimpleQueue:
    """`queue.SimpleQueue`, which waits in C."""

    def __init__(self):
        self._items = collections.deque()

    def put(self, item, block=True, timeout=None):
        self._items.append(item)

    def get(self, block=True, timeout=None):
        if not self._items and not (block and wait_until(lambda: self._items, timeout)):
            raise queue.Empty
        return self._items.popleft()

    def put_nowait(self, item):
        self.put(item)

    def get_nowait(self):
        return self.get(block=False)

    def empty(self):
        return not self._items

    def qsize(self):
        return len(self._items)


def put_in_place():
    """From now on the library's threads are these."""
    _thread.start_new_thread = _thread.start_new = _start_new_thread
    _thread.allocate_lock = _thread.allocate = _thread.LockType = _thread.lock = Lock
    _thread.RLock = threading.RLock = threading._PyRLock
    _thread.get_ident = threading.get_ident = threading._get_ident = lambda: _stack[-1].ident
    threading.get_native_id = _thread.get_native_id = lambda: _stack[-1].ident
    threading.Lock = threading._allocate_lock = threading._LockType = Lock
    threading.local = _threading_local.local
    threading.Thread.start, threading.Thread.join, threading.Thread.is_alive = _start, _join, _is_alive
    queue.SimpleQueue = SimpleQueue
    time.sleep = _sleep_and_run
