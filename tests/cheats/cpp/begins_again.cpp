// Begins the program again, and then the tests.
// verdict: exception
    extern void begin() asm("_start");
    begin();
    return numbers;
