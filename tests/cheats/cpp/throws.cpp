// Throws.
// verdict: exception
    throw std::runtime_error("no");
