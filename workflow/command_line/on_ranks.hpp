// A command that the ranks of an MPI program carry out together: rank 0 leads and speaks, the others help.
#pragma once

#include <functional>
#include <string>

#include "workflow/campaign/campaign.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/run_campaign.hpp"
#include "workflow/scheduler/ranks.hpp"

namespace praesepe::workflow::command_line {

/// What all ranks need to know before they begin.
struct Assignment {
  campaign::Campaign campaign;
  ResultFolder folder;
  RunOptions options;
};

/// `prepare` finds out what is to do, on rank 0 alone: what it throws ends the command before the others begin. Then
/// all ranks run the campaign's tasks, and `finish` follows on rank 0, unless tasks are left because a stop was asked
/// for.
int on_ranks(const Command& command, const Arguments& arguments, const options::options_description& named,
             const std::vector<std::string>& positional,
             const std::function<Assignment(const options::variables_map&)>& prepare,
             const std::function<int(const options::variables_map&, const Assignment&)>& finish);

}  // namespace praesepe::workflow::command_line
