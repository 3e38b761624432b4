// Writes a file of results row by row; a shard is such a file with one row.
//
// Equal layout, tasks, identity, origin and rows give equal bytes if the rows are written in the same order.
#pragma once

#include <string>
#include <vector>

#include "workflow/store/identity.hpp"
#include "workflow/store/provenance.hpp"
#include "workflow/store/task_fields.hpp"

namespace praesepe::workflow::store {

class PosteriorWriter {
 public:
  /// Into an empty `file`; `task_ids` (rows), ascending. Throws hdf5::Error, as do all members.
  PosteriorWriter(DimensionedFile file, const Layout& layout, const std::vector<std::int64_t>& task_ids,
                  const CampaignIdentity& campaign, const Origin& origin);

  /// Throws InternalError if the result does not fit the layout.
  void write(std::uint64_t row, const TaskResult& result);
  void close() { file_.close(); }
  /// See DimensionedFile::image.
  std::string image() { return file_.image(); }

 private:
  DimensionedFile file_;
  std::vector<Field> fields_;
};

/// Attributes of the root of any file the store writes.
Attributes root_attributes(const CampaignIdentity& campaign, const Origin& origin);

}  // namespace praesepe::workflow::store
