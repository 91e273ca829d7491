// SPDX-License-Identifier: MIT
#include "speed/packing.hpp"

#include <algorithm>
#include <map>

namespace llmfit::speed {
namespace {

/// Slots that are open, by the tokens that each still takes.
class Slots {
 public:
  explicit Slots(std::int64_t size) : size_(size) {}

  void fill(const LengthCount& some) {
    auto left = some.sequences;
    while (left > 0) {
      const auto found = open_.lower_bound(some.tokens);
      if (found == open_.end()) return fill_new(some.tokens, left);
      const auto room = found->first;
      const auto slots = found->second;
      const auto each = room / some.tokens;
      const auto full = std::min(slots, left / each);
      take(found, full);
      leave(room - each * some.tokens, full);
      left -= full * each;
      if (full < slots && left > 0) {
        take(open_.find(room), 1);
        leave(room - left * some.tokens, 1);
        left = 0;
      }
    }
  }

  [[nodiscard]] std::int64_t used() const { return used_; }

 private:
  void fill_new(std::int64_t tokens, std::int64_t sequences) {
    const auto each = size_ / tokens;
    const auto full = sequences / each;
    const auto rest = sequences % each;
    leave(size_ - each * tokens, full);
    if (rest > 0) leave(size_ - rest * tokens, 1);
    used_ += full + (rest > 0 ? 1 : 0);
  }

  void take(std::map<std::int64_t, std::int64_t>::iterator slots, std::int64_t count) {
    slots->second -= count;
    if (slots->second == 0) open_.erase(slots);
  }

  void leave(std::int64_t room, std::int64_t slots) {
    if (room > 0 && slots > 0) open_[room] += slots;
  }

  std::int64_t size_;
  std::int64_t used_ = 0;
  std::map<std::int64_t, std::int64_t> open_;
};

}  // namespace

std::int64_t packed_slots(const LengthHistogram& lengths, std::int64_t slot) {
  Slots slots(slot);
  const auto counts = lengths.counts();
  // Sequences of one length fill a slot before the next is looked at: what is left of it then
  // holds no other of them, so each slot is touched once for a length.
  for (auto i = counts.size(); i > 0; --i) slots.fill(counts[i - 1]);
  return slots.used();
}

}  // namespace llmfit::speed
