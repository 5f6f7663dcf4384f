#include "casters.hpp"

#include <datetime.h>

#include <string>

// Python's macros are C.
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wcast-qual"

namespace exhibition::python {
namespace {

namespace py = pybind11;
using std::chrono::microseconds;

/// Python's datetime functions have to be fetched once.
bool has_datetime() {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
  if (PyDateTimeAPI == nullptr) throw py::error_already_set();
  return true;
}

microseconds span_of(PyObject* timedelta) {
  return std::chrono::days{PyDateTime_DELTA_GET_DAYS(timedelta)} +
         std::chrono::seconds{PyDateTime_DELTA_GET_SECONDS(timedelta)} +
         microseconds{PyDateTime_DELTA_GET_MICROSECONDS(timedelta)};
}

}  // namespace

bool load_instant(PyObject* from, Instant& into) {
  using namespace std::chrono;
  if (!has_datetime() || !PyDateTime_Check(from)) return false;
  const auto offset = py::handle(from).attr("utcoffset")();
  if (offset.is_none()) {
    throw BadValue{"must be aware: give the datetime a tzinfo, such as datetime.timezone.utc"};
  }
  const sys_days day = year{PyDateTime_GET_YEAR(from)} /
                       month{static_cast<unsigned>(PyDateTime_GET_MONTH(from))} /
                       std::chrono::day{static_cast<unsigned>(PyDateTime_GET_DAY(from))};
  const auto local = day + hours{PyDateTime_DATE_GET_HOUR(from)} +
                     minutes{PyDateTime_DATE_GET_MINUTE(from)} +
                     seconds{PyDateTime_DATE_GET_SECOND(from)} +
                     microseconds{PyDateTime_DATE_GET_MICROSECOND(from)};
  into = floor<milliseconds>(local - span_of(offset.ptr()));
  if (!is_representable(into)) throw BadValue{"must be in the years 1 to 9999 in UTC"};
  return true;
}

PyObject* to_datetime(Instant instant) {
  using namespace std::chrono;
  if (!has_datetime() || !is_representable(instant)) {
    PyErr_SetString(PyExc_OverflowError, (to_string(instant) + " is no datetime").c_str());
    throw py::error_already_set();
  }
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{instant - day};
  return PyDateTimeAPI->DateTime_FromDateAndTime(
      static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
      static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
      static_cast<int>(microseconds{time.subseconds()}.count()), PyDateTime_TimeZone_UTC,
      PyDateTimeAPI->DateTimeType);
}

bool load_timedelta(PyObject* from, std::int64_t& microseconds) {
  if (!has_datetime() || !PyDelta_Check(from)) return false;
  // A timedelta may be longer than 2**63 of them: the longest spans are all the same to us.
  constexpr std::int64_t longest_days = 106'000'000;
  const std::int64_t days = PyDateTime_DELTA_GET_DAYS(from);
  if (days >= longest_days) {
    microseconds = std::numeric_limits<std::int64_t>::max();
  } else if (days <= -longest_days) {
    microseconds = std::numeric_limits<std::int64_t>::min() + 1;
  } else {
    microseconds = span_of(from).count();
  }
  return true;
}

PyObject* to_timedelta(std::int64_t microseconds) {
  using namespace std::chrono;
  has_datetime();
  const std::chrono::microseconds span{microseconds};
  const auto whole_days = floor<days>(span);
  const auto whole_seconds = floor<seconds>(span - whole_days);
  return PyDelta_FromDSU(static_cast<int>(whole_days.count()),
                         static_cast<int>(whole_seconds.count()),
                         static_cast<int>((span - whole_days - whole_seconds).count()));
}

bool load_int(PyObject* from, std::int64_t& into, std::int64_t least, std::int64_t most,
              std::string_view rule) {
  if (PyIndex_Check(from) == 0) return false;
  const auto number = py::reinterpret_steal<py::object>(PyNumber_Index(from));
  if (!number) throw py::error_already_set();
  int overflow = 0;
  into = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0 || into < least || into > most) throw BadValue{rule};
  return true;
}

bool load_unsigned(PyObject* from, std::uint64_t& into, std::string_view rule) {
  if (PyIndex_Check(from) == 0) return false;
  const auto number = py::reinterpret_steal<py::object>(PyNumber_Index(from));
  if (!number) throw py::error_already_set();
  into = PyLong_AsUnsignedLongLong(number.ptr());
  if (PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    throw BadValue{rule};
  }
  return true;
}

bool load_text(py::handle from, std::string& into) {
  if (PyUnicode_Check(from.ptr()) == 0) return false;
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(from.ptr(), &size);
  if (bytes == nullptr) {
    PyErr_Clear();
    throw BadValue{"must be text that UTF-8 can say: it has a lone surrogate"};
  }
  into.assign(bytes, static_cast<std::size_t>(size));
  return true;
}

}  // namespace exhibition::python
