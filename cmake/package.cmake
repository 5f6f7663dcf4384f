# How the libraries become an installed package: one CMake export per component, so that nobody
# needs what they did not ask for, and one pkg-config file per compiled library.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(exhibition_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/exhibition)

# exhibition_library(<target>): what every compiled library of ours has.
function(exhibition_library target)
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}  # before 1.0 a minor version may break
    INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>")  # they are installed side by side
endfunction()

# exhibition_install(<export> <target>...): installs the targets and <export>-targets.cmake.
function(exhibition_install export)
  if(NOT EXHIBITION_INSTALL)
    return()
  endif()
  install(TARGETS ${ARGN} EXPORT ${export})
  install(EXPORT ${export}
    FILE ${export}-targets.cmake
    NAMESPACE exhibition::
    DESTINATION ${exhibition_cmake_dir})
endfunction()

# exhibition_pkg_config(<library> DESCRIPTION <text> [REQUIRES <module>] [LIBS_PRIVATE <flag>])
function(exhibition_pkg_config library)
  if(NOT EXHIBITION_INSTALL)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 pc "" "DESCRIPTION;REQUIRES;LIBS_PRIVATE" "")
  # Relative to the file itself: the prefix may be chosen, or moved, after configuration.
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
    BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
    OUTPUT_VARIABLE to_prefix)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/library.pc.in ${library}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${library}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

if(EXHIBITION_INSTALL)
  install(DIRECTORY include/exhibition
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")
  configure_package_config_file(
    cmake/exhibition-config.cmake.in exhibition-config.cmake
    INSTALL_DESTINATION ${exhibition_cmake_dir})
  write_basic_package_version_file(exhibition-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(
    FILES
      ${PROJECT_BINARY_DIR}/exhibition-config.cmake
      ${PROJECT_BINARY_DIR}/exhibition-config-version.cmake
    DESTINATION ${exhibition_cmake_dir})
endif()
