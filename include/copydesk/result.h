// Values for what a caller can handle. The library never prints, exits or aborts, and no exception
// leaves it: functions that can fail return a Result.
//
//   Result<Config> config = load_config("copydesk.toml", builtin_stages(), diagnostics);
//   if (!config.ok()) return config.error();
//   use(*config);
//
// Thread-safety: plain values. Cost: a Result<T> is a variant; a success allocates nothing.
#ifndef COPYDESK_RESULT_H_
#define COPYDESK_RESULT_H_

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace copydesk {

enum class ErrorCode {
  kInvalidArgument,  // the caller's words are off: usage, config, a value out of range
  kNotFound,         // a file or an id that does not exist
  kExists,           // an output that must not be overwritten
  kIo,               // the system refused a read, a write, a rename
  kCorrupt,          // bytes that cannot be what they claim to be
  kInterrupted,      // the caller asked to stop
  kInternal,         // our bug: an invariant does not hold
};

// A failure and its message. The message is complete and readable by itself: it names the file,
// line and byte where there is one, begins in lower case and ends without a full stop.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

// Either a value or an Error. Dereferencing a failed Result is our bug (asserted).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *std::get_if<Error>(&state_);
  }
  [[nodiscard]] T& operator*() & {
    assert(ok());
    return *std::get_if<T>(&state_);
  }
  [[nodiscard]] const T& operator*() const& {
    assert(ok());
    return *std::get_if<T>(&state_);
  }
  [[nodiscard]] T&& operator*() && {
    assert(ok());
    return std::move(*std::get_if<T>(&state_));
  }
  T* operator->() {
    assert(ok());
    return std::get_if<T>(&state_);
  }
  const T* operator->() const {
    assert(ok());
    return std::get_if<T>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] const Error& error() const {
    assert(failed_);
    return error_;
  }

 private:
  Error error_;
  bool failed_ = false;
};

// What is wrong at one place of a file a person wrote (config, rule pack, template file).
// Several are collected in one run; line and column count from 1, 0 means "the whole file".
struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;

  // "file:line:column: message", leaving out what is not known.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace copydesk

#define COPYDESK_CONCAT_INNER(a, b) a##b
#define COPYDESK_CONCAT(a, b) COPYDESK_CONCAT_INNER(a, b)

// Returns the error of `expression`, a Result, to the caller if it failed.
#define COPYDESK_RETURN_IF_ERROR(expression)             \
  do {                                                   \
    auto copydesk_result = (expression);                 \
    if (!copydesk_result.ok()) {                         \
      return ::copydesk::Error(copydesk_result.error()); \
    }                                                    \
  } while (false)

// Declares `declaration` with the value of `expression`, or returns its error to the caller.
#define COPYDESK_ASSIGN_OR_RETURN(declaration, expression)                         \
  auto COPYDESK_CONCAT(copydesk_result_, __LINE__) = (expression);                 \
  if (!COPYDESK_CONCAT(copydesk_result_, __LINE__).ok()) {                         \
    return ::copydesk::Error(COPYDESK_CONCAT(copydesk_result_, __LINE__).error()); \
  }                                                                                \
  declaration = *std::move(COPYDESK_CONCAT(copydesk_result_, __LINE__))

#endif  // COPYDESK_RESULT_H_
