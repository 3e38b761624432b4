// The three kinds of error, told apart by who must act.
#pragma once

#include <stdexcept>
#include <string>

namespace praesepe {

/// The user must mend an input: the message names the file, the key or row and column, and what was expected.
/// The program ends with exit status 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One task cannot be finished; it is recorded with the task, and the campaign goes on.
class TaskFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A bug of ours: the message carries the numbers that broke the promise.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace praesepe
