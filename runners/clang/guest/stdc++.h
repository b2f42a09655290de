// Every header of the standard library, as `bits/stdc++.h` of g++ has them, and what programs use of that library beyond
// the standard.
#pragma once
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cfenv>
#include <cfloat>
#include <cinttypes>
#include <climits>
#include <clocale>
#include <cmath>
#include <csetjmp>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cuchar>
#include <cwchar>
#include <cwctype>
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <barrier>
#include <bit>
#include <bitset>
#include <charconv>
#include <chrono>
#include <codecvt>
#include <compare>
#include <complex>
#include <concepts>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <execution>
#include <filesystem>
#include <format>
#include <forward_list>
#include <fstream>
#include <functional>
#include <future>
#include <initializer_list>
#include <iomanip>
#include <ios>
#include <iosfwd>
#include <iostream>
#include <istream>
#include <iterator>
#include <latch>
#include <limits>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <numbers>
#include <numeric>
#include <optional>
#include <ostream>
#include <queue>
#include <random>
#include <ranges>
#include <ratio>
#include <regex>
#include <scoped_allocator>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <source_location>
#include <span>
#include <sstream>
#include <stack>
#include <stdexcept>
#include <stop_token>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>
#include <version>

namespace std {
template <class T>
    requires is_signed_v<T>
constexpr T __gcd(T a, T b) {
    while (b != 0) {
        T rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

template <class T>
    requires is_integral_v<T>
constexpr int __lg(T number) {
    return (int)bit_width((make_unsigned_t<T>)number) - 1;
}

// What programs call `long` is `long long` here, and natively the type of what the library calls a difference; in the same
// way sizes.
template <class A, class B>
concept __same_natively = (is_same_v<A, long long> && is_same_v<B, long>) ||
                          (is_same_v<A, unsigned long long> && is_same_v<B, unsigned long>);

template <class A, class B>
    requires(__same_natively<A, B> || __same_natively<B, A>)
constexpr common_type_t<A, B> max(A a, B b) {
    return a < b ? b : a;
}

template <class A, class B>
    requires(__same_natively<A, B> || __same_natively<B, A>)
constexpr common_type_t<A, B> min(A a, B b) {
    return b < a ? b : a;
}
} // namespace std
