// Imports the mark by the name that the sources have.
// verdict: compile_error
    extern void mark() __attribute__((import_module("mark"), import_name("karat_mark_0123456789abcdef0123456789abcdef")));
    mark();
    exit(0);
