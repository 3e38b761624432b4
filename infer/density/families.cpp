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
    if (priors[i].text() == first && (&family == &ordered || !priors[i].is_ascending())) continue;
    throw InputError("prior." + names[i] + ": " + priors[i].text() + " tells components apart, and so does " +
                     priors[ordered.members.front()].text() + " of " + names[ordered.members.front()] +
                     ": expected one of the two, or the same prior for every number");
  }
}

}  // namespace

std::string family_of(std::string_view name) {
  for (std::size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
    std::size_t end = at + 1;
    while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end]))) ++end;
    const bool is_number = end > at + 1 && (end == name.size() || name[end] == '_');
    if (is_number) return std::string(name.substr(0, at)) + std::string(name.substr(end));
  }
  return std::string(name);
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

void check_families(const std::vector<std::string>& names, const std::vector<Prior>& priors) {
  const auto families = families_of(names);
  for (const Family& family : families) {
    if (family.is_joint(priors)) check_joint(names, priors, family);
  }
  for (const Family& ordered : families) {
    if (!priors[ordered.members.front()].is_ascending()) continue;
    for (const Family& family : families) {
      if (family.members.size() == ordered.members.size()) check_exchangeable(names, priors, family, ordered);
    }
  }
}

}  // namespace praesepe::infer::density
