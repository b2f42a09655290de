// Leaves without what is done at the end.
// verdict: exited
    _Exit(0);
