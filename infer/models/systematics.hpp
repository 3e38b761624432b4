// Systematic errors of the astrometry that all stars of a catalogue share: measured = true + systematic + noise.
#pragma once

#include <Eigen/Core>

namespace praesepe::infer::models {

struct Systematics {
  double parallax = 0.0;           ///< mas
  double pmra = 0.0, pmdec = 0.0;  ///< mas/yr
};

/// Where they are in theta; -1: none.
struct SystematicIndices {
  Eigen::Index parallax = -1, pmra = -1, pmdec = -1;

  bool any() const { return parallax >= 0 || pmra >= 0; }
  Systematics at(const Eigen::VectorXd& theta) const {
    const auto value = [&](Eigen::Index index) { return index < 0 ? 0.0 : theta[index]; };
    return {value(parallax), value(pmra), value(pmdec)};
  }
  /// Adds derivatives to those of theta.
  void add(const Systematics& by, Eigen::VectorXd& gradient) const {
    if (parallax >= 0) gradient[parallax] += by.parallax;
    if (pmra >= 0) gradient[pmra] += by.pmra;
    if (pmdec >= 0) gradient[pmdec] += by.pmdec;
  }
};

}  // namespace praesepe::infer::models
