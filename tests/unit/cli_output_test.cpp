// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/output.hpp"
#include "cli/system.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;
namespace fs = std::filesystem;

namespace {

/// An empty folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "llmfit-test.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {}));
  }

 private:
  fs::path path_;
};

std::string content(const std::string& path) { return SystemEnvironment().read(path).value(); }

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("a file is written whole, keeps its permissions and leaves nothing beside it", "[cli]") {
  const Folder folder;
  const auto path = folder.file("report.json");
  SystemStreams streams;
  CHECK(streams.write_file(path, "first\n") == Written::whole);
  CHECK(content(path) == "first\n");
  ::chmod(path.c_str(), 0640);
  CHECK(streams.write_file(path, "second\n") == Written::whole);
  CHECK(content(path) == "second\n");
  CHECK((fs::status(path).permissions() & fs::perms::mask) == fs::perms{0640});
  CHECK(folder.entries() == 1);
}

TEST_CASE("a link stays a link, the file behind it is replaced", "[cli]") {
  const Folder folder;
  put(folder.file("real"), "old");
  fs::create_symlink(folder.file("real"), folder.file("link"));
  CHECK(SystemStreams().write_file(folder.file("link"), "new") == Written::whole);
  CHECK(fs::is_symlink(folder.file("link")));
  CHECK(content(folder.file("real")) == "new");
}

TEST_CASE("what cannot be written is an error that names the place and the reason", "[cli]") {
  const Folder folder;
  SystemStreams streams;
  struct Row {
    std::string path;
    std::string reason;
  };
  const Row rows[] = {{folder.file("missing/report.json"), "No such file or directory"},
                      {folder.file("."), "Is a directory"},
                      {"/dev/full", "No space left on device"}};
  for (const auto& row : rows) {
    INFO(row.path);
    const auto delivered = deliver({"text\n", 0}, row.path, streams);
    REQUIRE_FALSE(delivered.has_value());
    CHECK(delivered.error().code == ErrorCode::output_failed);
    CHECK(delivered.error().message == "cannot write '" + row.path + "': " + row.reason);
    CHECK(folder.entries() == 0);
  }
}

TEST_CASE("a device takes the text as it is", "[cli]") {
  CHECK(SystemStreams().write_file("/dev/null", "text") == Written::whole);
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("a dash is standard output; a reader that went away is no fault", "[cli]") {
  FakeStreams streams;
  CHECK(deliver({"text\n", 0}, "-", streams).has_value());
  CHECK(streams.out == "text\n");
  CHECK(streams.files.empty());
  streams.answer = Written::closed;
  CHECK(deliver({"text\n", 0}, "", streams).has_value());
  streams.answer = Written::failed;
  const auto delivered = deliver({"text\n", 0}, "", streams);
  REQUIRE_FALSE(delivered.has_value());
  CHECK(delivered.error().message == "cannot write standard output: no space left");
}

TEST_CASE("a file that cannot be read says why", "[cli]") {
  const Folder folder;
  const SystemEnvironment environment;
  const auto missing = environment.read(folder.file("none.json"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::unreadable_file);
  CHECK(contains(missing.error().message, "No such file or directory"));
  CHECK_FALSE(environment.read(folder.file(".")).has_value());
  CHECK_FALSE(environment.exists(folder.file("none.json")));
}
