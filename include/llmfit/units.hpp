// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace llmfit {

/// A whole number of one unit. Arithmetic never wraps: a result that does not fit sticks at `max()`
/// (or `min()`), every later sum or product keeps it there, and `overflowed()` tells. Code that
/// hands a quantity to a person checks it once at the end (see `size()`), not after every
/// operation.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(std::int64_t count) : count_(count) {}

  static constexpr Quantity max() { return Quantity{std::numeric_limits<std::int64_t>::max()}; }
  static constexpr Quantity min() { return Quantity{std::numeric_limits<std::int64_t>::min()}; }

  [[nodiscard]] constexpr std::int64_t count() const { return count_; }
  [[nodiscard]] constexpr bool overflowed() const { return *this == max() || *this == min(); }

  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    std::int64_t sum = 0;
    if (a.overflowed()) return a;
    if (b.overflowed()) return b;
    if (__builtin_add_overflow(a.count_, b.count_, &sum)) return a.count_ > 0 ? max() : min();
    return Quantity{sum};
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    if (b == max()) return min();
    if (b == min()) return max();
    return a + Quantity{-b.count_};
  }
  friend constexpr Quantity operator*(Quantity a, std::int64_t factor) {
    std::int64_t product = 0;
    if (a.overflowed() && factor != 0) return (a.count_ > 0) == (factor > 0) ? max() : min();
    if (__builtin_mul_overflow(a.count_, factor, &product)) {
      return (a.count_ > 0) == (factor > 0) ? max() : min();
    }
    return Quantity{product};
  }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }

  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr bool operator==(Quantity, Quantity) = default;

 private:
  std::int64_t count_ = 0;
};

using Bytes = Quantity<struct BytesUnit>;        ///< memory and file sizes
using Elements = Quantity<struct ElementsUnit>;  ///< parameters, tensor elements
using Tokens = Quantity<struct TokensUnit>;      ///< context lengths

/// 2^20 and 2^30 bytes. Decimal gigabytes (10^9) occur only in bandwidths and product names.
constexpr Bytes mib(std::int64_t count) { return Bytes{1} * (count) * (std::int64_t{1} << 20); }
constexpr Bytes gib(std::int64_t count) { return Bytes{1} * (count) * (std::int64_t{1} << 30); }

/// Rounds up to a multiple of `step` (> 0).
template <class Unit>
constexpr Quantity<Unit> pad(Quantity<Unit> value, std::int64_t step) {
  const auto rest = value.count() % step;
  return rest == 0 || value.overflowed() ? value : value + Quantity<Unit>{step - rest};
}

}  // namespace llmfit
