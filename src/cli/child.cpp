// SPDX-License-Identifier: MIT
#include "cli/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>

#include "cli/descriptor.hpp"

namespace llmfit::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t most_output = std::size_t{1} << 20U;
/// As a shell answers for a program that is not there.
constexpr int not_found = 127;

tl::unexpected<Error> failed(std::string why) {
  return fail(ErrorCode::unreadable_file, std::move(why));
}

/// Only its answer is of use: what a library or program says besides goes nowhere.
void keep_quiet(int out) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDIN_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
  }
  ::dup2(out, STDOUT_FILENO);
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Its output until it ends; absent when the time is up or there is no end of it.
std::optional<std::string> read_until(int file, Clock::time_point end) {
  std::string text;
  std::array<char, 1 << 14> buffer{};
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now()).count();
    pollfd waiting{file, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const auto count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most_output) return std::nullopt;
  }
}

/// How the process ended; absent where it does not, which a driver can bring about even after
/// SIGKILL: it is left behind then.
std::optional<int> wait_for(pid_t child, milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (;;) {
    int status = 0;
    const auto ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if ((ended < 0 && errno != EINTR) || Clock::now() > end) return std::nullopt;
    std::this_thread::sleep_for(milliseconds(2));
  }
}

Result<std::string> collect(pid_t child, int file, milliseconds limit) {
  constexpr milliseconds grace{500};
  auto text = read_until(file, Clock::now() + limit);
  if (!text) ::kill(child, SIGKILL);
  const auto status = wait_for(child, grace);
  if (!text) {
    return failed("no answer within " + std::to_string(limit.count() / 1000) + " seconds");
  }
  if (!status) return failed("it does not end");
  if (WIFSIGNALED(*status))
    return failed("it crashed: " + std::string(::strsignal(WTERMSIG(*status))));
  const int code = WEXITSTATUS(*status);
  if (code == not_found) return fail(ErrorCode::unsupported, "not installed");
  if (code != 0) return failed("it ended with code " + std::to_string(code));
  return std::move(*text);
}

template <class Body>
Result<std::string> fork_and_read(const Body& body, milliseconds limit) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return failed(std::strerror(errno));
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const auto child = ::fork();
  if (child < 0) return failed(std::strerror(errno));
  if (child == 0) {
    keep_quiet(writing.get());
    ::close(writing.release());
    ::close(reading.release());
    ::_exit(body());
  }
  writing.close();
  return collect(child, reading.get(), limit);
}

}  // namespace

Result<std::string> in_child(const std::function<std::string()>& work, milliseconds limit) {
  return fork_and_read(
      [&] {
        write_all(work());
        return 0;
      },
      limit);
}

Result<std::string> run_program(const std::vector<const char*>& words, milliseconds limit) {
  std::vector<char*> arguments;
  for (const auto* word : words) arguments.push_back(const_cast<char*>(word));
  arguments.push_back(nullptr);
  return fork_and_read(
      [&] {
        ::execvp(arguments.front(), arguments.data());
        return not_found;
      },
      limit);
}

}  // namespace llmfit::cli
