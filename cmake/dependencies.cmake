# exhibition_require(<package> [<find_package argument>...] DEBIAN <name> VCPKG <name> HOMEBREW <name>)
#
# find_package for the packages we stand on: a missing one stops here, saying what to install.
function(exhibition_require package)
  cmake_parse_arguments(PARSE_ARGV 1 get "" "DEBIAN;VCPKG;HOMEBREW" "")
  find_package(${package} ${get_UNPARSED_ARGUMENTS} QUIET)
  if(NOT ${package}_FOUND)
    list(JOIN get_UNPARSED_ARGUMENTS " " wanted)
    message(FATAL_ERROR
      "exhibition needs ${package} ${wanted}, which was not found. Install it with one of\n"
      "  apt-get install ${get_DEBIAN}\n"
      "  vcpkg install ${get_VCPKG}\n"
      "  brew install ${get_HOMEBREW}\n")
  endif()
endfunction()
