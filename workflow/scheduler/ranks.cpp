#include "workflow/scheduler/ranks.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <thread>

#include "sim/error.hpp"

// No MPI call may fail silently.
#define PRAESEPE_MPI(call) check((call), #call)

namespace praesepe::workflow::scheduler {

namespace {

constexpr int kTag = 1;

void check(int status, const char* call) {
  if (status == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  throw std::runtime_error(std::string(call) + ": " + text.data());
}

}  // namespace

class Ranks::Session {
 public:
  Session() {
    int provided = 0;
    PRAESEPE_MPI(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided));
    if (provided < MPI_THREAD_FUNNELED) throw std::runtime_error("this MPI library does not allow threads");
    PRAESEPE_MPI(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { MPI_Finalize(); }
};

Ranks::Ranks() = default;

Ranks Ranks::of_mpi() {
  Ranks ranks;
  ranks.session_ = std::make_shared<Session>();
  PRAESEPE_MPI(MPI_Comm_rank(MPI_COMM_WORLD, &ranks.rank_));
  PRAESEPE_MPI(MPI_Comm_size(MPI_COMM_WORLD, &ranks.size_));
  return ranks;
}

bool Ranks::launched_by_mpi() {
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"}) {
    if (std::getenv(variable)) return true;
  }
  return false;
}

int Ranks::default_threads() const {
  return size_ > 1 ? 1 : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void Ranks::send(int to, const std::string& text) const {
  if (text.size() > std::numeric_limits<int>::max()) throw InternalError("a message of more than 2 GB");
  PRAESEPE_MPI(MPI_Send(text.data(), static_cast<int>(text.size()), MPI_CHAR, to, kTag, MPI_COMM_WORLD));
}

std::optional<Message> Ranks::poll() const {
  if (size_ == 1) return std::nullopt;
  int there = 0, length = 0;
  MPI_Status status;
  PRAESEPE_MPI(MPI_Iprobe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &there, &status));
  if (there == 0) return std::nullopt;
  PRAESEPE_MPI(MPI_Get_count(&status, MPI_CHAR, &length));
  Message message{status.MPI_SOURCE, std::string(static_cast<std::size_t>(length), '\0')};
  PRAESEPE_MPI(MPI_Recv(message.text.data(), length, MPI_CHAR, message.from, kTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
  return message;
}

void Ranks::abort(int status) const {
  if (size_ > 1) MPI_Abort(MPI_COMM_WORLD, status);
}

std::string Ranks::share(const std::string& text) const {
  if (is_first()) {
    for (int to = 1; to < size_; ++to) send(to, text);
    return text;
  }
  return wait().text;
}

Message Ranks::wait() const {
  for (;;) {
    if (auto message = poll()) return *std::move(message);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace praesepe::workflow::scheduler
