#include "answers.hpp"

#include <fcntl.h>
#include <pybind11/typing.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "bindings.hpp"
#include "errors.hpp"

namespace exhibition::python {

namespace py = pybind11;

Answers::Answers() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  reading_ = ends[0];
  writing_ = ends[1];
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
}

Answers::~Answers() {
  ::close(reading_);
  ::close(writing_);
}

void Answers::put(std::uint64_t number, Answer answer) {
  const std::lock_guard lock(mutex_);
  come_.push_back({number, std::move(answer)});
  // At most one byte is in the pipe, so there is always room for it.
  if (come_.size() == 1) [[maybe_unused]]
    const auto written = ::write(writing_, "!", 1);
}

std::vector<Answers::Numbered> Answers::take() {
  const std::lock_guard lock(mutex_);
  char mark = 0;
  [[maybe_unused]] const auto read = ::read(reading_, &mark, 1);
  return std::exchange(come_, {});
}

namespace {

/// An object, and whether it is an exception that is to be raised.
py::tuple to_python(const Answers::Numbered& come) {
  return std::visit(
      [&](const auto& answer) -> py::tuple {
        if (answer) return py::make_tuple(come.number, false, *answer);
        return py::make_tuple(come.number, true, to_exception(answer.error()));
      },
      come.answer);
}

}  // namespace

void bind_answers(py::module_& module) {
  py::class_<Answers, std::shared_ptr<Answers>>(
      module, "_Answers", "What comes of asynchronous commands, on its way to an event loop.")
      .def(py::init<>())
      .def("fileno", &Answers::descriptor, "Can be read from once there are answers.")
      .def(
          "take",
          [](Answers& self) {
            py::list answers;
            for (const auto& come : self.take()) answers.append(to_python(come));
            return py::typing::List<py::typing::Tuple<py::int_, bool, py::object>>(answers);
          },
          "The numbers of the commands, whether they were refused, and what they came to.");
}

}  // namespace exhibition::python
