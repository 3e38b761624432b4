# Installs the build folder BUILD below FOLDER, and builds and runs a project that finds it there.
#
# usage: cmake -D BUILD=... -D FOLDER=... -D GENERATOR=... -D CONFIG=... -D COMPILER=... -D FLAGS=... -P install_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${FOLDER})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${FOLDER}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${FOLDER}/build -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${FOLDER}/prefix -D CMAKE_BUILD_TYPE=${CONFIG} -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${FOLDER}/build)
foreach(room sim infer)
  execute_process(COMMAND ${FOLDER}/build/use_${room} WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# The program too, if it was built: it starts from its new place and its figures are beside it.
if(EXISTS ${FOLDER}/prefix/bin/praesepe)
  run(${FOLDER}/prefix/bin/praesepe --version)
  if(NOT EXISTS ${FOLDER}/prefix/share/praesepe/figures/page.py)
    message(FATAL_ERROR "the figures are not installed")
  endif()
endif()
