# Thin on purpose: the build is CMake's (CMakePresets.json), the dependencies are debian/control's.

.DEFAULT_GOAL := help
.PHONY: help demo build test sanitize soak bench clean

# Installs what is missing first; DEPS=no leaves the machine alone.
ifeq ($(DEPS),no)
deps = :
else
deps = sh debian/install-build-deps
endif

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The demo needs neither GoogleTest nor clang, so a first configuration leaves the tests out.
demo:  ## build the library and watch it at work on an SQLite file
	@$(deps) nocheck
	@test -e build/release/build.ninja || cmake --preset release -D EXHIBITION_BUILD_TESTS=OFF
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

# All of them run, whatever the first ones say. The last is the package's, which needs Python.
bench:  ## measure what the library claims to cost, as ratios
	@$(deps)
	@test -e build/release/build.ninja || cmake --preset release -D EXHIBITION_BUILD_TESTS=OFF
	@cmake --build --preset release --target exhibition_benchmarks
	@status=0; for each in build/release/benchmarks/bin/*; do $$each || status=1; done; \
	  python3 -B tests/python/run.py --only-this --program benchmarks/package.py \
	    build/release/benchmarks/bin/reserve || status=1; \
	  exit $$status

clean:  ## remove everything that was built
	rm -rf build
