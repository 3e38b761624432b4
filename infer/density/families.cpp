#include "infer/density/families.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "sim/error.hpp"

namespace praesepe::infer::density {

namespace {

void check_joint(const std::vector<std::string>& names, const std::vector<Prior>& priors, const Family& family) {
  const std::size_t front = family.members.front();
  const Prior& first = priors[front];
  for (const std::size_t i : family.members) {
    const bool fits = first.is_ascending() ? priors[i].text() == first.text() : priors[i].kind() == first.kind();
    if (fits && !priors[i].has_names()) continue;
    throw InputError("prior." + names[i] + ": " + priors[i].text() + " does not go with " + first.text() + " of " +
                     names[front] + ": a dirichlet or ascending prior is that of all of them");
  }
}

/// Components can change their labels only if all that they have is distributed alike.
void check_exchangeable(const std::vector<std::string>& names, const std::vector<Prior>& priors, const Family& family,
                        const Family& ordered) {
  const std::string& first = priors[family.members.front()].text();
  for (const std::size_t i : family.members) {
    if (priors[i].text() == first && (family.name == ordered.name || !priors[i].is_ascending())) continue;
    throw InputError("prior." + names[i] + ": " + priors[i].text() + " tells components apart, and so does " +
                     priors[ordered.members.front()].text() + " of " + names[ordered.members.front()] +
                     ": expected one of the two, or the same prior for every number");
  }
}

/// What stands before and after the first number; all before it if there is none.
struct Split {
  std::string_view before, after;
};

Split split(std::string_view name) {
  for (std::size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
    std::size_t end = at + 1;
    while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end]))) ++end;
    const bool is_number = end > at + 1 && (end == name.size() || name[end] == '_');
    if (is_number) return {name.substr(0, at), name.substr(end)};
  }
  return {name, {}};
}

}  // namespace

std::string family_of(std::string_view name) {
  const Split parts = split(name);
  return std::string(parts.before) + std::string(parts.after);
}

bool Family::is_joint(const std::vector<Prior>& priors) const {
  return std::ranges::any_of(members, [&](std::size_t i) { return priors[i].is_joint(); });
}

std::vector<Family> families_of(const std::vector<std::string>& names) {
  std::map<std::string, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < names.size(); ++i) members[family_of(names[i])].push_back(i);
  std::vector<Family> families;
  for (auto& [name, indices] : members) families.push_back({name, std::move(indices)});
  return families;
}

std::vector<Family> of_one_kind(const Family& ordered, const std::vector<Family>& families,
                                const std::vector<std::string>& names, const std::vector<Prior>& priors) {
  std::vector<Family> kind;
  std::ranges::copy_if(families, std::back_inserter(kind),
                       [&](const Family& family) { return family.members.size() == ordered.members.size(); });
  const auto are_shares = [&](const Family& f) { return priors[f.members.front()].kind() == Prior::Kind::dirichlet; };
  if (std::ranges::count_if(kind, are_shares) < 2) return kind;
  const auto beginning = [&](const Family& family) { return split(names[family.members.front()]).before; };
  std::erase_if(kind, [&](const Family& family) { return beginning(family) != beginning(ordered); });
  return kind;
}

void check_families(const std::vector<std::string>& names, const std::vector<Prior>& priors) {
  const auto families = families_of(names);
  for (const Family& family : families) {
    if (family.is_joint(priors)) check_joint(names, priors, family);
  }
  for (const Family& ordered : families) {
    if (!priors[ordered.members.front()].is_ascending()) continue;
    for (const Family& family : of_one_kind(ordered, families, names, priors)) {
      check_exchangeable(names, priors, family, ordered);
    }
  }
}

}  // namespace praesepe::infer::density
