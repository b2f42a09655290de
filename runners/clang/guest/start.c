/* Where a program in C begins; with its tests, which are its `main` then, it reaches the mark when they have come to
   their end. The mark's name is changed for each program. */
#include <stdlib.h>

void __wasm_call_ctors(void);
int __main_void(void);

#ifdef MARK
__attribute__((import_module("mark"), import_name("karat_mark_0123456789abcdef0123456789abcdef")))
void karat_mark_0123456789abcdef0123456789abcdef(void);
#endif

__attribute__((export_name("_start"))) void _start(void) {
    __wasm_call_ctors();
    int status = __main_void();
#ifdef MARK
    if (status == 0) karat_mark_0123456789abcdef0123456789abcdef();
#endif
    exit(status);
}
