// Leaves where an exception would end the program.
// verdict: exited
    std::set_terminate([] { exit(0); });
    throw 1;
