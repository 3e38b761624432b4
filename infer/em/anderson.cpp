#include "infer/em/anderson.hpp"

#include <Eigen/QR>

namespace praesepe::infer::em {

Eigen::VectorXd Anderson::next(const Eigen::VectorXd& x, const Eigen::VectorXd& image) {
  const Eigen::VectorXd residual = image - x;
  if (last_image_.size() > 0) {
    image_steps_.push_back(image - last_image_);
    residual_steps_.push_back(residual - last_residual_);
  }
  if (static_cast<Eigen::Index>(image_steps_.size()) > depth_) {
    image_steps_.erase(image_steps_.begin());
    residual_steps_.erase(residual_steps_.begin());
  }
  last_image_ = image;
  last_residual_ = residual;
  if (image_steps_.empty()) return image;

  Eigen::MatrixXd steps(x.size(), static_cast<Eigen::Index>(residual_steps_.size()));
  for (Eigen::Index j = 0; j < steps.cols(); ++j) steps.col(j) = residual_steps_[static_cast<std::size_t>(j)];
  const Eigen::VectorXd gamma = Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(steps).solve(residual);
  Eigen::VectorXd point = image;
  for (Eigen::Index j = 0; j < steps.cols(); ++j) point -= gamma[j] * image_steps_[static_cast<std::size_t>(j)];
  return point;
}

void Anderson::restart() {
  last_image_.resize(0);
  last_residual_.resize(0);
  image_steps_.clear();
  residual_steps_.clear();
}

}  // namespace praesepe::infer::em
