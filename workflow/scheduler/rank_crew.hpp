// A crew (infer/crew.hpp) of ranks and their threads, with a journal of what was done.
//
// All ranks make the same calls in the same order, and all get all results: each does every n-th piece. Rank 0 keeps
// the journal: a call that is in it is answered from there, so that a search that was stopped goes on where it was.
#pragma once

#include "infer/crew.hpp"
#include "workflow/scheduler/ranks.hpp"
#include "workflow/scheduler/work_journal.hpp"

namespace praesepe::workflow::scheduler {

class RankCrew final : public infer::Crew {
 public:
  /// `journal`: of rank 0; null: none is kept. Both must live longer.
  RankCrew(const Ranks& ranks, int threads, WorkJournal* journal)
      : ranks_(ranks), threads_(threads), journal_(journal) {}

  std::vector<Eigen::VectorXd> work(std::size_t count, const Outfit& outfit) const override;

 private:
  std::vector<Eigen::VectorXd> own_part(std::size_t count, const Outfit& outfit) const;
  std::vector<Eigen::VectorXd> gathered(std::size_t count, std::vector<Eigen::VectorXd> own) const;

  const Ranks& ranks_;
  infer::Threads threads_;
  WorkJournal* journal_;
};

}  // namespace praesepe::workflow::scheduler
