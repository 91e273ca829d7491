// SPDX-License-Identifier: MIT
#include "cli/system.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "cli/descriptor.hpp"

namespace llmfit::cli {
namespace {

/// A catalog file of one's own is some kilobytes; what is much larger is none.
constexpr std::size_t max_file_size = std::size_t{64} << 20U;

/// A stream is not kept, but one without an end must end too: a month of a busy server's log.
constexpr std::uint64_t max_stream_size = std::uint64_t{4} << 30U;

int descriptor(Stream stream) { return stream == Stream::output ? STDOUT_FILENO : STDERR_FILENO; }

/// The file behind a link, so that the link stays a link; the path itself where there is none yet.
std::string resolved(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  return ::realpath(path.c_str(), buffer.data()) != nullptr ? std::string(buffer.data()) : path;
}

/// Permissions of a new file: those of the one it replaces, else what the umask allows.
mode_t mode_for(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_mode & 0777U;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

}  // namespace

tl::unexpected<Error> unreadable(const std::string& path, int number) {
  return fail(ErrorCode::unreadable_file, "cannot read '" + path + "': " + std::strerror(number),
              {}, path);
}

std::string SystemEnvironment::variable(const char* name) const {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool SystemEnvironment::is_terminal(Stream stream) const {
  return ::isatty(descriptor(stream)) == 1;
}

std::optional<int> SystemEnvironment::columns() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

bool SystemEnvironment::exists(const std::string& path) const {
  return ::access(path.c_str(), F_OK) == 0;
}

Result<std::string> SystemEnvironment::read(const std::string& path) const {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return unreadable(path, errno);
  std::string text;
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > max_file_size) return unreadable(path, EFBIG);
  }
}

Result<void> SystemEnvironment::stream(const std::string& path,
                                       const std::function<bool(std::string_view)>& take) const {
  const Descriptor file(path == "-" ? ::dup(STDIN_FILENO)
                                    : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return unreadable(path, errno);
  std::array<char, 1 << 16> buffer{};
  std::uint64_t total = 0;
  for (;;) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return {};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    total += static_cast<std::uint64_t>(count);
    if (total > max_stream_size) return unreadable(path, EFBIG);
    if (!take({buffer.data(), static_cast<std::size_t>(count)})) return {};
  }
}

std::int64_t SystemEnvironment::now() const { return std::time(nullptr); }

/// A closed pipe and a file over the limit are failed writes like any other, not the program's end.
SystemStreams::SystemStreams() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Written SystemStreams::failed() {
  error_number_ = errno;
  return error_number_ == EPIPE ? Written::closed : Written::failed;
}

std::string SystemStreams::failure() const { return std::strerror(error_number_); }

Written SystemStreams::write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return Written::whole;
}

Written SystemStreams::write(Stream stream, std::string_view text) {
  return write_all(descriptor(stream), text);
}

Written SystemStreams::write_file(const std::string& path, std::string_view text) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return failed();
  }
  if (exists && !S_ISREG(status.st_mode)) return write_device(path, text);
  // A rename would also replace what its owner protected against writing.
  if (exists && ::access(path.c_str(), W_OK) != 0) return failed();
  return replace(path, text);
}

Written SystemStreams::write_device(const std::string& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return failed();
  const auto written = write_all(file.get(), text);
  return written == Written::whole && !file.close() ? failed() : written;
}

Written SystemStreams::replace(const std::string& path, std::string_view text) {
  const auto target = resolved(path);
  auto beside = target + ".XXXXXX";
  Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
  if (file.get() < 0) return failed();
  auto written = write_all(file.get(), text);
  if (written == Written::whole && (::fchmod(file.get(), mode_for(target)) != 0 || !file.close() ||
                                    std::rename(beside.c_str(), target.c_str()) != 0)) {
    written = failed();
  }
  if (written != Written::whole) ::unlink(beside.c_str());
  return written;
}

}  // namespace llmfit::cli
