// SPDX-License-Identifier: MIT
#include "llmfit/result.hpp"

namespace llmfit {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::invalid_value:
      return "invalid_value";
    case ErrorCode::unknown_model:
      return "unknown_model";
    case ErrorCode::unknown_gpu:
      return "unknown_gpu";
    case ErrorCode::unknown_format:
      return "unknown_format";
    case ErrorCode::unknown_engine:
      return "unknown_engine";
    case ErrorCode::unknown_provider:
      return "unknown_provider";
    case ErrorCode::unreadable_file:
      return "unreadable_file";
    case ErrorCode::invalid_file:
      return "invalid_file";
    case ErrorCode::invalid_catalog:
      return "invalid_catalog";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::output_failed:
      return "output_failed";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace llmfit
