# Thin on purpose: the build is CMake's (CMakePresets.json), the dependencies are debian/control's.

.DEFAULT_GOAL := help
.PHONY: help demo build test sanitize soak bench bench-long clean

# Installs what is missing first; DEPS=no leaves the machine alone.
ifeq ($(DEPS),no)
deps = :
else
deps = sh debian/install-build-deps
endif

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The demo needs neither GoogleTest nor clang, so a first configuration leaves the tests out, and the
# benchmarks.
demo:  ## build the library and watch it at work on an SQLite file
	@$(deps) nocheck
	@test -e build/release/build.ninja || \
	  cmake --preset release -D EXHIBITION_BUILD_TESTS=OFF -D EXHIBITION_BUILD_BENCHMARKS=OFF
	@cmake --build --preset release --target quickstart
	@build/release/examples/quickstart --database build/museum.db

build:  ## build everything under build/release, examples included
	@$(deps)
	@cmake --preset release
	@cmake --build --preset release

test:  ## build everything and run all tests
	@$(deps)
	@cmake --workflow --preset release

sanitize:  ## run the tests with clang's ASan and UBSan, those with threads with g++'s TSan
	@$(deps)
	@cmake --workflow --preset asan
	@cmake --workflow --preset tsan

soak: build  ## run the long rounds of the random and repeated tests
	@ctest --preset soak

bench:  ## measure what the library claims to cost, as ratios: docs/benchmarks.txt and .svg
	@$(deps)
	@cmake --preset release
	@cmake --build --preset release --target exhibition_benchmarks
	@python3 -B benchmarks/run.py

bench-long:  ## the same, with ten million reservations in a file and a million events to rebuild
	@$(deps)
	@cmake --preset release
	@cmake --build --preset release --target exhibition_benchmarks
	@python3 -B benchmarks/run.py --long

clean:  ## remove everything that was built
	rm -rf build
