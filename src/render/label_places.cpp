// SPDX-License-Identifier: MIT
#include "render/label_places.hpp"

#include <algorithm>
#include <array>

namespace llmfit::render {
namespace {

constexpr double text_height = 14;
constexpr double ascent = 11;  ///< of it above the base line

/// From a point to the anchor of its words.
struct Offset {
  double x;
  double y;
  Anchor anchor;
};
constexpr std::array<Offset, 22> offsets{
    {{-8, -5, Anchor::end},   {-9, 4, Anchor::end},    {0, -10, Anchor::middle},
     {8, 14, Anchor::start},  {9, 4, Anchor::start},   {0, 19, Anchor::middle},
     {8, -6, Anchor::start},  {-8, 15, Anchor::end},   {-8, -24, Anchor::end},
     {8, -24, Anchor::start}, {-8, -42, Anchor::end},  {-8, -60, Anchor::end},
     {-8, -78, Anchor::end},  {8, 32, Anchor::start},  {8, 50, Anchor::start},
     {8, 68, Anchor::start},  {8, 86, Anchor::start},  {8, 104, Anchor::start},
     {-8, -96, Anchor::end},  {-8, -114, Anchor::end}, {0, 40, Anchor::middle},
     {0, 60, Anchor::middle}}};

double left_of(const LabelPlaces::Place& place, double width) {
  if (place.anchor == Anchor::end) return place.x - width;
  return place.anchor == Anchor::middle ? place.x - width / 2 : place.x;
}

bool meet(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

}  // namespace

bool LabelPlaces::is_free(const Box& box, bool over) const {
  const auto meets = [&](const Box& it) { return meet(it, box); };
  const bool inside = box.x >= area_.x && box.y >= area_.y &&
                      box.x + box.width <= area_.x + area_.width &&
                      box.y + box.height <= area_.y + area_.height;
  return inside && std::none_of(taken_.begin(), taken_.end(), meets) &&
         (over || std::none_of(avoided_.begin(), avoided_.end(), meets));
}

bool LabelPlaces::find(double x, double y, double width, bool over, Place& place) {
  for (const auto& offset : offsets) {
    const bool far = offset.y < -20 || offset.y > 20;
    place = {x + offset.x, y + offset.y, offset.anchor, far};
    const Box box{left_of(place, width), place.y - ascent, width, text_height};
    if (!is_free(box, over)) continue;
    block(box);
    return true;
  }
  return false;
}

}  // namespace llmfit::render
