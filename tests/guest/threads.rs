//! Threads and coroutines.

use super::*;

#[test]
fn threads_run_while_somebody_waits() {
    let import = "import queue, sys, threading, time\nfrom concurrent.futures import ThreadPoolExecutor, as_completed\nanswer = []\n";
    for (body, expected) in [
        (
            "sys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 27)\n\
             thread = threading.Thread(target=lambda: answer.append(42))\nthread.start()\nthread.join()\n\
             return answer + [thread.is_alive()]",
            "[42, False]",
        ),
        (
            "with ThreadPoolExecutor(4) as pool:\n    return list(pool.map(lambda n: n * n, range(5)))",
            "[0, 1, 4, 9, 16]",
        ),
        (
            "with ThreadPoolExecutor() as pool:\n    futures = [pool.submit(pow, n, 2) for n in range(4)]\n\
             \x20   return sorted(future.result() for future in as_completed(futures))",
            "[0, 1, 4, 9]",
        ),
        // A queue that is filled before it is emptied, and the other way round.
        (
            "q = queue.Queue()\ndef take():\n    while (item := q.get()) is not None:\n        answer.append(item)\n\
             thread = threading.Thread(target=take)\nthread.start()\nfor n in (1, 2, None):\n    q.put(n)\n\
             thread.join()\nreturn answer",
            "[1, 2]",
        ),
        (
            "q = queue.Queue()\nthreading.Thread(target=lambda: [q.put(n) for n in range(3)]).start()\n\
             return [q.get() for _ in range(3)]",
            "[0, 1, 2]",
        ),
        // Workers that wait for work until the end of the program.
        (
            "q = queue.Queue()\ndef work():\n    while True:\n        answer.append(q.get())\n        q.task_done()\n\
             for _ in range(2):\n    threading.Thread(target=work, daemon=True).start()\n\
             for n in range(3):\n    q.put(n)\nq.join()\nreturn answer",
            "[0, 1, 2]",
        ),
        (
            "ready = threading.Event()\ndef second():\n    ready.wait()\n    answer.append(2)\ndef first():\n    \
             answer.append(1)\n    ready.set()\nthreads = [threading.Thread(target=f) for f in (second, first)]\n\
             for thread in threads:\n    thread.start()\nfor thread in threads:\n    thread.join()\nreturn answer",
            "[1, 2]",
        ),
        (
            "barrier = threading.Barrier(3)\ndef work(n):\n    barrier.wait()\n    answer.append(n)\n\
             threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]\nfor thread in threads:\n    \
             thread.start()\nfor thread in threads:\n    thread.join()\nreturn sorted(answer)",
            "[0, 1, 2]",
        ),
        (
            "lock = threading.RLock()\ndef work():\n    with lock, lock:\n        answer.append(threading.current_thread().name)\n\
             thread = threading.Thread(target=work, name='worker')\nthread.start()\nwith lock:\n    answer.append('main')\n\
             thread.join()\nreturn answer",
            "['main', 'worker']",
        ),
        (
            "mine = threading.local()\nmine.n = 1\ndef work():\n    answer.append(hasattr(mine, 'n'))\n\
             thread = threading.Thread(target=work)\nthread.start()\nthread.join()\nreturn answer + [mine.n]",
            "[False, 1]",
        ),
        ("threading.Timer(0.25, answer.append, [7]).start()\ntime.sleep(0.5)\nreturn answer", "[7]"),
        ("threading.Thread(target=answer.append, args=(3,)).start()\nreturn answer", "[3]"),
        // Threads that sleep at the same time take as long as one.
        (
            "start = time.time()\ndef work(n):\n    time.sleep(0.1)\n    answer.append(n)\n\
             threads = [threading.Thread(target=work, args=(n,)) for n in range(5)]\nfor thread in threads:\n    \
             thread.start()\nfor thread in threads:\n    thread.join()\nreturn answer + [time.time() - start < 0.2]",
            "[0, 1, 2, 3, 4, True]",
        ),
        (
            "lock = threading.Lock()\nlock.acquire()\nreturn [lock.acquire(timeout=0.5), lock.acquire(blocking=False)]",
            "[False, False]",
        ),
        (
            "from multiprocessing.pool import ThreadPool\nwith ThreadPool(2) as pool:\n    \
             return [pool.map(abs, [-1, 2]), pool.apply(pow, (2, 3)), pool.starmap(pow, [(2, 3), (3, 2)]), \
             [*pool.imap(abs, (n for n in range(3)))], sorted(pool.imap_unordered(abs, [-2, 1])), \
             pool.apply_async(abs, (-7,)).get(timeout=1), pool.map_async(abs, [-4]).get()]",
            "[[1, 2], 8, [8, 9], [0, 1, 2], [1, 2], 7, [4]]",
        ),
        (
            "from multiprocessing.dummy import Pool\npool = Pool(2, initializer=answer.append, initargs=(0,))\n\
             for word in ('1', 'x'):\n    pool.apply_async(int, (word,), callback=answer.append, \
             error_callback=lambda error: answer.append(type(error).__name__))\n\
             pool.close()\npool.join()\nreturn answer",
            "[0, 0, 1, 'ValueError']",
        ),
        (
            "import os\nreading, writing = os.pipe()\ndef write():\n    for n in range(3):\n        \
             os.write(writing, b'%d\\n' % n)\n    os.close(writing)\nthreading.Thread(target=write).start()\n\
             with os.fdopen(reading) as file:\n    return [int(line) for line in file]",
            "[0, 1, 2]",
        ),
        (
            "import os\nreading, writing = os.pipe()\nos.write(writing, b'abc')\nanswer += [os.read(reading, 2), \
             os.read(reading, 10)]\nos.close(writing)\nreturn answer + [os.read(reading, 1)]",
            "[b'ab', b'c', b'']",
        ),
    ] {
        assert_passes(&format!("{import}{body}"), &format!("assert candidate() == {expected}"));
    }
}

#[test]
fn daemons_need_not_end() {
    let beats = "import queue, threading, time\nanswer = []\ndef beat():\n    answer.append('beat')\n    while True:\n\
                 \x20       \
                 try:\n            time.sleep(0.1)\n        except queue.Empty:\n            pass\n        \
                 answer.append('beat')\n\
                 threading.Thread(target=beat, daemon=True).start()\n";
    for (body, expected) in [
        ("return answer", "[]"),
        ("time.sleep(0.01)\ntime.sleep(0.01)\nreturn answer", "['beat']"),
        ("time.sleep(0.25)\nreturn answer", "['beat', 'beat', 'beat']"),
        (
            "thread = threading.Thread(target=lambda: (time.sleep(0.02), answer.append('work')))\nthread.start()\n\
             thread.join()\nreturn answer",
            "['beat', 'work']",
        ),
        (
            "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n    \
             return answer + [*pool.map(abs, [-1, -2])]",
            "['beat', 1, 2]",
        ),
        (
            "timer = threading.Timer(5, answer.append, ['late'])\ntimer.daemon = True\ntimer.start()\ntime.sleep(0.01)\n\
             return answer",
            "['beat']",
        ),
    ] {
        assert_passes(&format!("{beats}{body}"), &format!("assert candidate() == {expected}"));
    }
    // It would have beaten once more, and then again.
    assert_eq!(needs(&format!("{beats}time.sleep(0.05)\ntime.sleep(0.1)")), "waiting threads");
    // Something that would run here and never runs elsewhere.
    let ends = "import threading, time\ndef beat():\n    try:\n        while True:\n            time.sleep(1)\n    \
                finally:\n        print('end')\nthreading.Thread(target=beat, daemon=True).start()\ntime.sleep(0.1)";
    assert_eq!(needs(ends), "waiting threads");
    let workers = "import threading, time\nanswer = []\ndef work(n):\n    for _ in range(2):\n\
                   \x20       time.sleep(0.1)\n    answer.append(n)\n\
                   threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(3)]\n\
                   for thread in threads:\n    thread.start()\n\
                   for thread in threads:\n    thread.join()\nreturn answer";
    assert_passes(workers, "assert candidate() == [0, 1, 2]");
}

#[test]
fn threads_that_take_two_stacks_are_unsupported() {
    let body = "import threading\none, two = threading.Semaphore(1), threading.Semaphore(0)\nanswer = []\n\
                def work(mine, other, name):\n    for _ in range(3):\n        mine.acquire()\n        \
                answer.append(name)\n        other.release()\n\
                threads = [threading.Thread(target=work, args=a) for a in ((one, two, 'a'), (two, one, 'b'))]\n\
                for thread in threads:\n    thread.start()\nfor thread in threads:\n    thread.join()\nreturn answer";
    assert_eq!(needs(body), "waiting threads");
    // The result depends on who wakes up first.
    let sort = "import threading, time\nanswer = []\ndef work(n):\n    time.sleep(n / 100)\n    answer.append(n)\n\
                threads = [threading.Thread(target=work, args=(n,)) for n in (3, 1, 2)]\nfor thread in threads:\n    \
                thread.start()\nfor thread in threads:\n    thread.join()\nreturn answer";
    assert_eq!(needs(sort), "waiting threads");
    let monitor = "import threading, time\nstop = threading.Event()\ndef work():\n    while not stop.is_set():\n        \
                   time.sleep(0.001)\nthread = threading.Thread(target=work)\nthread.start()\ntime.sleep(0.01)\n\
                   stop.set()\nthread.join()";
    assert_eq!(needs(monitor), "waiting threads");
    let alone = "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()";
    assert_eq!(raises(alone), "RuntimeError");
}

#[test]
fn coroutines_run_and_sleep_in_virtual_time() {
    let body = "import asyncio, time\nasync def work(n):\n    await asyncio.sleep(0.02)\n    return n\n\
                async def main():\n    return await asyncio.gather(*[work(n) for n in range(5)])\n\
                start = time.time()\nresult = asyncio.run(main())\nreturn result + [0.02 <= time.time() - start < 0.1]";
    assert_passes(body, "assert candidate() == [0, 1, 2, 3, 4, True]");
}
