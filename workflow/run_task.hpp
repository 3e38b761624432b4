// One task from its truth to everything that is stored of it: simulate or read, infer, summarise.
//
// Pure: no files but a real catalogue's, no MPI, no clock but to time itself. The result depends on the campaign and
// the task's streams alone.
#pragma once

#include "infer/nuts/chain_journal.hpp"
#include "workflow/campaign/plan.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow {

/// The catalogue of a task: simulated, or read from its file.
sim::astrometry::Catalogue task_catalogue(const campaign::Campaign& campaign, const campaign::Task& task);

/// True values of the stored quantities, (Q); empty for a real catalogue.
std::vector<double> task_truth(const campaign::Campaign& campaign, const campaign::Task& task);

/// Builds what the task needs before sampling. Throws InputError where an input, not a number drawn, is the reason that
/// the task cannot run: called before anything starts.
void check_task(const campaign::Campaign& campaign, const campaign::Task& task);

/// Never throws for what goes wrong inside the task: that is a result with status failed, NaN draws and the reason.
/// Throws infer::nuts::Interruption where `journal` (may be null) does. `threads`: for the stars of one evaluation of
/// the likelihood.
store::TaskResult run_task(const campaign::Campaign& campaign, const campaign::Task& task,
                           infer::nuts::ChainJournal* journal = nullptr, int threads = 1);

/// The result of a task that is given up because it takes the program with it: status crashed, no draws.
store::TaskResult crashed_result(const campaign::Campaign& campaign, const campaign::Task& task, std::string reason);

}  // namespace praesepe::workflow
