"""Threads on the one stack that there is.

A thread starts when somebody waits. Whoever waits runs the threads that have not run yet, in the order of their start and
each to its end, until what it waits for is there. A thread that waits in its turn does the same on top of the one which
runs it. So everything works in which threads need not go back and forth: pools, queues that are filled before they are
emptied, events, barriers.

Each thread has a clock of its own, which begins with its start and goes on when it sleeps, so that threads which sleep at the
same time take no more than the longest of them. What happens in another order than by these clocks, and what needs going back
and forth, would take two stacks: the sandbox lacks that, and says so.
"""

import _thread
import _threading_local
import collections
import concurrent.futures
import queue
import sys
import threading
import time


class _Frame:
    """A thread on the stack: what time it is for it, whether it has slept, and when its wait ends at the latest."""

    __slots__ = ("ident", "time", "has_slept", "deadline")

    def __init__(self, ident, time):
        self.ident, self.time, self.has_slept, self.deadline = ident, time, False, _NEVER


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


class Lacking(BaseException):
    """What threads do that takes two stacks. No handler of the program's is meant to see it."""

    def __init__(self):
        super().__init__("these threads go back and forth between one another, which takes more than one stack")


class _GivenUp(BaseException):
    """Unwinds a thread whose wait no other thread can end as long as it is on the stack."""


def wait_until(ready, timeout=None):
    """Run threads until `ready()`: whether it is. With a timeout, time passes when no thread is left."""
    global _given_up
    frame = _stack[-1]
    before, frame.deadline = frame.deadline, _NEVER if timeout is None else _time_of(frame) + max(timeout, 0)
    try:
        while not ready():
            if _pending:
                _run_next()
            elif timeout is not None:
                _pass_time(frame, max(frame.deadline - _time_of(frame), 0))
                return ready()
            elif len(_stack) > 1:
                _given_up = True
                raise _GivenUp
            elif _given_up:
                raise Lacking
            else:
                raise RuntimeError("this waits for ever: there is no other thread")
        frame.time = max(frame.time, _latest_end)
        return True
    finally:
        frame.deadline = before


def finish():
    """Run the threads that have not run yet, but no daemon, as the interpreter does before it ends."""
    daemons = [thread for thread in _pending if thread[2]]
    if daemons:
        rest = [thread for thread in _pending if not thread[2]]
        _pending.clear()
        _pending.extend(rest)
    while _pending:
        _run_next()


def _run_next():
    global _latest_end
    ident, function, _, started = _pending.popleft()
    frame = _Frame(ident, started)
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
        return
    frame.time += seconds
    frame.has_slept = True
    if any(other.deadline < frame.time for other in _stack[:-1]):
        raise Lacking
    ahead = frame.time - time.monotonic()
    if ahead > 0:
        _sleep(ahead)


def _later(function, daemon=False):
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

    return _later(run)


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
        except (Lacking, _GivenUp):
            raise
        except BaseException:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), self)))
        finally:
            threading._active.pop(self._ident, None)
            # A thread that was given up waits for ever.
            if not isinstance(sys.exception(), (Lacking, _GivenUp)):
                self._karat_state = "done"

    self._ident = _later(run, self.daemon)
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


def _submit(self, function, /, *arguments, **keywords):
    if self._shutdown:
        raise RuntimeError("cannot schedule new futures after shutdown")
    future = concurrent.futures.Future()

    def work():
        initializer = self.__dict__.pop("_karat_initializer", None)
        if initializer is not None:
            initializer()
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = function(*arguments, **keywords)
        except (Lacking, _GivenUp):
            raise
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    _later(work)
    return future


def _shutdown(self, wait=True, *, cancel_futures=False):
    self._shutdown = True
    while _pending and wait:
        _run_next()


def _executor(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
    if max_workers is not None and max_workers <= 0:
        raise ValueError("max_workers must be greater than 0")
    self._shutdown = False
    self._max_workers = max_workers or 4
    if initializer is not None:
        self._karat_initializer = lambda: initializer(*initargs)


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
    pool = concurrent.futures.ThreadPoolExecutor
    pool.__init__, pool.submit, pool.shutdown = _executor, _submit, _shutdown
