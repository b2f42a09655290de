// Declares the function that reaches the mark.
// verdict: compile_error
    extern void karat_mark_0123456789abcdef0123456789abcdef(void);
    karat_mark_0123456789abcdef0123456789abcdef();
    exit(0);
