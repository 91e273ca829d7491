// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace llmfit {

/// What kind of "could not answer" it is. The words of `to_string` are part of the JSON contract.
enum class ErrorCode {
  usage,          ///< an option or argument that does not exist, or is used wrongly
  invalid_value,  ///< a known option with a value that it cannot take
  unknown_model,
  unknown_gpu,
  unknown_format,
  unknown_engine,
  unknown_provider,
  unreadable_file,  ///< cannot be opened or read
  invalid_file,     ///< read, but truncated or malformed
  invalid_catalog,  ///< an overlay that breaks the catalog's rules
  too_large,        ///< a size that overflows 2^63 bytes
  unsupported,      ///< understood, but llmfit cannot compute it yet
  output_failed,    ///< the output could not be written
  internal,         ///< a bug in llmfit
};

std::string_view to_string(ErrorCode code);

/// One clear line for a person: what is wrong, where, and how to mend it.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< lower case, no full stop
  std::string hint;     ///< may be empty
  std::string where;    ///< file, JSON pointer, byte offset or the word as typed; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {},
                                  std::string where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint), std::move(where)});
}

}  // namespace llmfit
