#pragma once

#include "exhibition/application/follower.hpp"
#include "exhibition/domain/envelope.hpp"

namespace exhibition::python {

/// A Delivery that Python may keep.
struct HeldDelivery {
  Envelope envelope;
  int attempt = 1;
  bool replaying = false;

  HeldDelivery() = default;
  explicit HeldDelivery(const Delivery& delivery)
      : envelope(delivery.envelope), attempt(delivery.attempt), replaying(delivery.replaying) {}
};

}  // namespace exhibition::python
