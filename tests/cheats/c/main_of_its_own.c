// Has a main that is called in place of the tests.
// verdict: wrong_answer
    return x;
}
int main(void) {
    return 0;
