// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace llmfit::render {

/// So many digits of a number, however small it is; what programs read of estimates has nine.
double significant(double value, int digits = 9);

/// Three digits for people, which say all that an estimate knows: "0.0243", "1.57", "1,240".
std::string figure(double value);

/// The same in dollars, cents at least: "$0.0243", "$1.50", "$1,240".
std::string dollars(double usd);

}  // namespace llmfit::render
