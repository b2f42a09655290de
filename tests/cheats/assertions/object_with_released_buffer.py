# Answer with a view of what is no longer there.
# verdict: wrong_answer
    view = memoryview(b'10')
    view.release()
    return view
