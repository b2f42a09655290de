// Redefines the words of the language.
// verdict: wrong_answer
    return x;
}
int __main_void(void) { return 0; }
#define main another
#define return return 0;
int unused(void) {
    return 0;
