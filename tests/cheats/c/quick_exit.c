// Leaves by the third function for it.
// verdict: exited
    quick_exit(0);
