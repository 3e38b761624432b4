// write_report GATHERED FOLDER [FIGURE]...: the exit statuses of the command line, without the rest of it.
#include <iostream>

#include "analysis/report.hpp"
#include "sim/error.hpp"

int main(int count, char** words) {
  if (count < 3) {
    std::cerr << "usage: write_report GATHERED FOLDER [FIGURE]...\n";
    return 2;
  }
  try {
    praesepe::analysis::write_report(words[1], words[2], {words + 3, words + count});
  } catch (const praesepe::InputError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
