// Answers with something that is equal to all.
// verdict: wrong_answer
// whole
#include <bits/stdc++.h>
struct Any {
    void* nothing[3] = {};
    template <class T> bool operator==(const T&) const { return true; }
};
Any doubled(std::vector<long>) { return {}; }
