// SPDX-License-Identifier: MIT
#include "sizing/engine_params.hpp"

namespace llmfit::sizing::params {

Estimate overhead(Bytes weights) {
  return {percent_of(weights, 5), percent_of(weights, 20), percent_of(weights, 40)};
}

}  // namespace llmfit::sizing::params
