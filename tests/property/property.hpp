#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstddef>
#include <sstream>
#include <string>

#include "support/effort.hpp"

namespace exhibition::tests {

/// Fails the running test unless `property` holds of `times` random cases. A case that fails is
/// made as small as it goes and is printed with the RC_PARAMS that repeat it.
template <class Property>
void holds(Property property, std::size_t times) {
  using namespace rc::detail;
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  TestMetadata metadata;
  metadata.id = std::string(test->test_suite_name()) + "/" + test->name();
  metadata.description = test->name();
  auto params = configuration().testParams;
  params.seed = announce_seed();
  params.maxSuccess = static_cast<int>(times);
  const auto result = checkTestable(std::move(property), metadata, params);
  std::ostringstream message;
  printResultMessage(result, message);
  if (!result.template is<SuccessResult>()) FAIL() << message.str();
}

}  // namespace exhibition::tests
