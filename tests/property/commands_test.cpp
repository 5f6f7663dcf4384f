#include "property/property.hpp"
#include "property/visitor.hpp"

namespace exhibition::tests {
namespace {

rc::Gen<Command> any_command() {
  const auto kind = rc::gen::weightedElement<Kind>(
      {{24, Kind::reserve},       {8, Kind::confirm},        {8, Kind::extend},
       {8, Kind::cancel},         {6, Kind::redeem},         {3, Kind::undo_redeem},
       {3, Kind::register_one},   {2, Kind::update},         {1, Kind::suspend},
       {3, Kind::resume},         {1, Kind::withdraw},       {2, Kind::add_session},
       {2, Kind::update_session}, {4, Kind::set_capacity},   {1, Kind::close},
       {3, Kind::reopen},         {1, Kind::cancel_session}, {16, Kind::clock},
       {12, Kind::pump},          {1, Kind::restart}});
  const auto number =
      rc::gen::map(rc::gen::inRange(0, 256), [](int n) { return static_cast<std::uint8_t>(n); });
  // Mostly one of the first two, so that commands meet each other.
  const auto which = rc::gen::map(
      number, [](std::uint8_t n) { return n < 150 ? static_cast<std::uint8_t>(n % 2) : n; });
  return rc::gen::build<Command>(
      rc::gen::set(&Command::kind, kind), rc::gen::set(&Command::which, which),
      rc::gen::set(&Command::a, number), rc::gen::set(&Command::b, number),
      rc::gen::set(&Command::key, number));
}

class RandomCommands : public ::testing::TestWithParam<StorageKind> {};
INSTANTIATE_TEST_SUITE_P(On, RandomCommands, each_storage(), storage_name);

TEST_P(RandomCommands, AreAnsweredAsTheModelSaysAndKeepTheInvariants) {
  const bool is_memory = GetParam() == StorageKind::memory;
  holds(
      [] {
        const auto commands = *rc::gen::container<std::vector<Command>>(any_command());
        Visitor visitor(GetParam());
        for (const auto& command : commands) visitor.give(command);
        visitor.finish();
      },
      is_memory ? rounds(500, 20'000) : rounds(40, 2'000));
}

}  // namespace
}  // namespace exhibition::tests
