// SPDX-License-Identifier: MIT
#include "cli/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "cli/descriptor.hpp"

namespace llmfit::cli {
namespace {

class SystemFile final : public FileBytes {
 public:
  SystemFile(int number, std::string path, std::uint64_t size)
      : descriptor_(number), path_(std::move(path)), size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const auto count = ::pread(descriptor_.get(), out.data() + done, out.size() - done,
                                 static_cast<off_t>(offset + done));
      if (count == 0) break;
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return unreadable(path_, errno);
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

 private:
  Descriptor descriptor_;
  std::string path_;
  std::uint64_t size_;
};

tl::unexpected<Error> no_plain_file(const std::string& path) {
  return fail(ErrorCode::unreadable_file, "cannot read '" + path + "': not a plain file",
              "only the header is read, and that needs a file one can seek in", path);
}

}  // namespace

Result<std::unique_ptr<FileBytes>> SystemFiles::open(const std::string& path) {
  // Without O_NONBLOCK the opening of a pipe would wait for somebody to write into it.
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (number < 0) return unreadable(path, errno);
  Descriptor descriptor(number);
  struct stat status {};
  if (::fstat(number, &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return no_plain_file(path);
  return std::make_unique<SystemFile>(descriptor.release(), path,
                                      static_cast<std::uint64_t>(status.st_size));
}

bool SystemFiles::is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<std::vector<std::string>> SystemFiles::list(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  if (stream == nullptr) return unreadable(folder, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(stream.get())) names.emplace_back(entry->d_name);
  if (errno != 0) return unreadable(folder, errno);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace llmfit::cli
