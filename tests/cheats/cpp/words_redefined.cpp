// Redefines the words of the language.
// verdict: wrong_answer
    return numbers;
}
extern "C" int __main_void() { return 0; }
#define main another
#define if while
#define auto int unused = 0; auto
int unused() {
    return 0;
