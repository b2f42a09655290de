// Has names that the tests and the library have, too.
// verdict: passed
    return x + x;
}
#undef assert
#define assert another
int abs(int x) { return 1; }
char* strdup(const char* text) { return 0; }
int main(void) {
    return 1;
