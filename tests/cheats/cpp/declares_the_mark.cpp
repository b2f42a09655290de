// Declares the function that reaches the mark.
// verdict: compile_error
    extern void mark() asm("karat_mark_0123456789abcdef0123456789abcdef");
    mark();
    exit(0);
