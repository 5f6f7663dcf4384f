# cmake -D TREE=<build tree> -D PREFIX=<folder> -P install_afresh.cmake
# Into an empty folder, so that a file we forgot to install is not there from an earlier run.
file(REMOVE_RECURSE ${PREFIX})
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${TREE} --prefix ${PREFIX}
  COMMAND_ERROR_IS_FATAL ANY)
