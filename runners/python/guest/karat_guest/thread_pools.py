"""Pools of threads, on the one stack that there is: each piece of work is a thread of `threads`, and who waits for the pool
runs them."""

import concurrent.futures
import multiprocessing.pool
import os

from .threads import NEVER_HANDLED, later, wait_until


def put_in_place():
    """From now on the library's pools are these."""
    pool = concurrent.futures.ThreadPoolExecutor
    pool.__init__, pool.submit, pool.shutdown = _executor, _submit, _shutdown
    pool = multiprocessing.pool.ThreadPool
    pool.__init__, pool.__del__ = _pool, lambda self: None
    pool.close, pool.terminate, pool.join = _close, _terminate, _join


def _wait(self):
    wait_until(lambda: self._karat_left == 0)


# concurrent.futures -------------------------------------------------------------------------------------------------


def _executor(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
    if max_workers is not None and max_workers <= 0:
        raise ValueError("max_workers must be greater than 0")
    self._shutdown = False
    self._max_workers = max_workers or 4
    self._karat_left = 0
    if initializer is not None:
        self._karat_initializer = lambda: initializer(*initargs)


def _submit(self, function, /, *arguments, **keywords):
    if self._shutdown:
        raise RuntimeError("cannot schedule new futures after shutdown")
    future = concurrent.futures.Future()

    def work():
        initializer = self.__dict__.pop("_karat_initializer", None)
        if initializer is not None:
            initializer()
        if future.set_running_or_notify_cancel():
            try:
                result = function(*arguments, **keywords)
            except NEVER_HANDLED:
                raise
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
        self._karat_left -= 1

    self._karat_left += 1
    later(work)
    return future


def _shutdown(self, wait=True, *, cancel_futures=False):
    self._shutdown = True
    if wait:
        _wait(self)


# multiprocessing ----------------------------------------------------------------------------------------------------


def _pool(self, processes=None, initializer=None, initargs=()):
    if processes is None:
        processes = os.process_cpu_count() or 1
    if processes < 1:
        raise ValueError("Number of processes must be at least 1")
    if initializer is not None and not callable(initializer):
        raise TypeError("initializer must be a callable")
    self._processes, self._pool = processes, [None] * processes
    self._state, self._cache, self._taskqueue = multiprocessing.pool.RUN, {}, _Tasks(self)
    self._karat_left = 0
    if initializer is not None:
        for _ in range(processes):
            self._taskqueue.begin(lambda: initializer(*initargs))


class _Tasks:
    """Takes what the pool's methods put into its queue, and makes threads of it."""

    def __init__(self, pool):
        self._pool = pool

    def put(self, item):
        self.begin(lambda: self._feed(*item))

    def begin(self, function):
        pool = self._pool

        def run():
            if pool._state != multiprocessing.pool.TERMINATE:
                function()
            pool._karat_left -= 1

        pool._karat_left += 1
        later(run)

    def _feed(self, tasks, set_length):
        count = 0
        for task in tasks:
            self.begin(lambda task=task: self._work(*task))
            count += 1
        if set_length is not None:
            set_length(count)

    def _work(self, job, index, function, arguments, keywords):
        try:
            outcome = True, function(*arguments, **keywords)
        except Exception as error:
            outcome = False, error
        if job in self._pool._cache:
            self._pool._cache[job]._set(index, outcome)


def _close(self):
    if self._state == multiprocessing.pool.RUN:
        self._state = multiprocessing.pool.CLOSE


def _terminate(self):
    self._state = multiprocessing.pool.TERMINATE


def _join(self):
    if self._state == multiprocessing.pool.RUN:
        raise ValueError("Pool is still running")
    _wait(self)
