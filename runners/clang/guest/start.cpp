// Where a program in C++ begins; as in C, but what it throws and nobody catches is reported, as it is natively.
#include <cstdlib>
#include <exception>

extern "C" {
void __wasm_call_ctors();
int __main_void();

#ifdef MARK
__attribute__((import_module("mark"), import_name("karat_mark_0123456789abcdef0123456789abcdef")))
void karat_mark_0123456789abcdef0123456789abcdef();
#endif
}

extern "C" __attribute__((export_name("_start"))) void _start() {
    int status;
    try {
        __wasm_call_ctors();
        status = __main_void();
    } catch (...) {
        std::terminate();
    }
#ifdef MARK
    if (status == 0) karat_mark_0123456789abcdef0123456789abcdef();
#endif
    std::exit(status);
}
