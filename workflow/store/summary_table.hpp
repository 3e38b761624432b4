// Tables of a file's results as text: CSV with the shortest digits that read back to the same numbers, or aligned
// columns.
#pragma once

#include <string>

#include "workflow/store/posterior_file.hpp"

namespace praesepe::workflow::store {

/// simulation,parameter,truth,mean,sd,q2_5,median,q97_5,mcse_mean,ess_bulk,ess_tail,r_hat; absent numbers are nan.
std::string summary_csv(const PosteriorFile& file);
/// The same for people, followed by the tasks that are not converged with their messages.
std::string summary_text(const PosteriorFile& file);
/// The variables of /task, one row a task.
std::string task_csv(const PosteriorFile& file);

}  // namespace praesepe::workflow::store
