#include "workflow/scheduler/rank_crew.hpp"

#include <nlohmann/json.hpp>

#include "sim/error.hpp"

namespace praesepe::workflow::scheduler {

using Results = std::vector<Eigen::VectorXd>;

namespace {

/// Every bit of a number survives: as its shortest text that reads back the same.
std::string text_of(const Results& results) {
  auto json = nlohmann::json::array();
  for (const auto& result : results) json.push_back(std::vector<double>(result.begin(), result.end()));
  return json.dump();
}

Results results_in(const std::string& text) {
  Results results;
  for (const auto& numbers : nlohmann::json::parse(text)) {
    // json has no infinities, and writes null
    const auto count = static_cast<Eigen::Index>(numbers.size());
    Eigen::VectorXd result(count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const auto& number = numbers[static_cast<std::size_t>(i)];
      result[i] = number.is_null() ? -std::numeric_limits<double>::infinity() : number.get<double>();
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace

Results RankCrew::own_part(std::size_t count, const Outfit& outfit) const {
  const auto rank = static_cast<std::size_t>(ranks_.rank()), ranks = static_cast<std::size_t>(ranks_.size());
  const std::size_t own = rank < count ? (count - rank - 1) / ranks + 1 : 0;
  return threads_.work(own, [&]() -> Piece {
    return [piece = outfit(), rank, ranks](std::size_t i) { return piece(rank + i * ranks); };
  });
}

Results RankCrew::gathered(std::size_t count, Results own) const {
  const auto ranks = static_cast<std::size_t>(ranks_.size());
  Results all(count);
  const auto put = [&](std::size_t rank, Results part) {
    for (std::size_t i = 0; i < part.size(); ++i) all[rank + i * ranks] = std::move(part[i]);
  };
  put(0, std::move(own));
  for (std::size_t others = 1; others < ranks; ++others) {
    const Message message = ranks_.wait();
    put(static_cast<std::size_t>(message.from), results_in(message.text));
  }
  return all;
}

Results RankCrew::work(std::size_t count, const Outfit& outfit) const {
  const std::string known = ranks_.share(journal_ ? journal_->next() : "");
  if (!known.empty()) return results_in(known);
  Results own = own_part(count, outfit);
  if (!ranks_.is_first()) {
    ranks_.send(0, text_of(own));
    return results_in(ranks_.share(""));
  }
  const std::string all = text_of(gathered(count, std::move(own)));
  if (journal_) journal_->add(all);
  return results_in(ranks_.share(all));
}

}  // namespace praesepe::workflow::scheduler
