/// A museum's reservations on an SQLite file, step by step. Run it again: it goes on from there.
/// The steps are in quickstart/everyday_life.cpp and quickstart/bad_day.cpp.

#include <cstdlib>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/manual_clock.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "quickstart/demo.hpp"
#include "quickstart/options.hpp"
#include "quickstart/programme.hpp"

namespace quickstart {
namespace {

using exhibition::Engine;

/// With a seed a run can be repeated to the letter. The head of the log goes into it: a second run
/// on the same file starts elsewhere in the log, so it draws other codes than the first.
std::unique_ptr<exhibition::RandomSource> random_bits(const Options& options,
                                                      exhibition::Position head) {
  if (!options.seed) return std::make_unique<exhibition::SystemRandom>();
  const auto place = static_cast<std::uint64_t>(head.value());
  return std::make_unique<exhibition::SeededRandom>(*options.seed + 0x9E3779B97F4A7C15U * place);
}

void greet(const Demo& demo, exhibition::Position head) {
  std::cout << "exhibition " << exhibition::version
            << ": a museum's reservations from the first day to a bad one\n\n"
            << "    file    " << demo.database.filename().string()
            << (head == exhibition::Position{} ? ", new" : ", and in it:") << '\n';
  if (head != exhibition::Position{}) {
    demo.more(demo.inventory());
    demo.more("the log ends at " + to_string(head) + "; this run goes on from there");
  }
  std::cout << "    clock   " << minute(demo.clock.now())
            << " UTC; the demo moves it by hand, so nobody has to wait\n";
}

void run(const Options& options) {
  const auto programme = read_programme(options.data);
  auto storage = exhibition::sqlite::storage(options.database).value();
  const auto head = exhibition::read(
      *storage, [](const exhibition::ReadView& view) { return view.log().head(); });

  exhibition::testing::ManualClock clock(options.now.value_or(exhibition::SystemClock{}.now()));
  auto museum = Engine::open({.storage = std::move(storage),
                              .clock = clock.handle(),
                              .random = random_bits(options, head)})
                    .value();
  Demo demo(museum, clock, options.database, to_string(head));
  greet(demo, head);
  std::cout << "\nEveryday life\n";
  show_everyday_life(demo, programme);
  std::cout << "\nA bad day\n";
  show_a_bad_day(demo);
  museum.close();
  std::cout << "\nThat was all. Run it again: it goes on from what is in the file.\n";
}

}  // namespace
}  // namespace quickstart

int main(int argc, char* argv[]) {
  try {
    const auto options = quickstart::parse(std::vector<std::string>(argv + 1, argv + argc));
    if (options.help) {
      std::cout << quickstart::usage;
    } else {
      quickstart::run(options);
    }
    return EXIT_SUCCESS;
  } catch (const quickstart::UsageError& problem) {
    std::cerr << "quickstart: " << problem.what() << "\n\n" << quickstart::usage;
    return 2;
  } catch (const std::exception& problem) {
    std::cerr << "quickstart: " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
}
