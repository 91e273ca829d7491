// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "render/svg.hpp"

namespace llmfit::render {

/// Finds room for words beside points of a drawing, so that nothing lies on anything.
class LabelPlaces {
 public:
  explicit LabelPlaces(const Box& area) : area_(area) {}

  /// Nothing may lie there.
  void block(const Box& box) { taken_.push_back(box); }
  /// Words lie there only where asked to.
  void avoid(const Box& box) { avoided_.push_back(box); }

  struct Place {
    double x = 0;  ///< where the text is anchored
    double y = 0;  ///< its base line
    Anchor anchor = Anchor::start;
    bool far = false;  ///< so that a line should lead there
  };
  /// The first free place for words of that width around a point, which is taken with it; above and
  /// to the left come first. `over`: on what should be avoided, where need be. False: there is
  /// none.
  bool find(double x, double y, double width, bool over, Place& place);

 private:
  [[nodiscard]] bool is_free(const Box& box, bool over) const;

  Box area_;
  std::vector<Box> taken_;
  std::vector<Box> avoided_;
};

}  // namespace llmfit::render
