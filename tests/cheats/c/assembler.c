// Defines where the tests begin by assembler.
// verdict: wrong_answer
    return x;
}
__asm__(".globl __main_void\n.type __main_void,@function\n__main_void:\n.functype __main_void () -> (i32)\ni32.const 0\nend_function\n");
int unused(void) {
    return 0;
