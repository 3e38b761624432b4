# Which room includes what: sim <- infer <- workflow <- analysis, the command line above all of them; and what the
# libraries' headers ask of those who install them, which is Eigen alone.
#
# usage: cmake -D SOURCE=... -P includes_test.cmake
cmake_minimum_required(VERSION 3.25)
set(failures "")

# refuse(FILES patterns... EXCEPT regex INCLUDES regex): no file of these includes what matches.
function(refuse)
  cmake_parse_arguments(ARG "" "EXCEPT;INCLUDES" "FILES" ${ARGN})
  list(TRANSFORM ARG_FILES PREPEND ${SOURCE}/)
  file(GLOB_RECURSE files RELATIVE ${SOURCE} ${ARG_FILES})
  if(NOT files)
    message(FATAL_ERROR "no files: ${ARG_FILES}")
  endif()
  foreach(file ${files})
    if(ARG_EXCEPT AND file MATCHES "${ARG_EXCEPT}")
      continue()
    endif()
    file(STRINGS ${SOURCE}/${file} lines REGEX "^ *# *include *[<\"](${ARG_INCLUDES})")
    foreach(line ${lines})
      list(APPEND failures "${file}: ${line}")
    endforeach()
  endforeach()
  set(failures ${failures} PARENT_SCOPE)
endfunction()

set(parallel "mpi\\.h|hdf5|H5")
refuse(FILES sim/*.cpp sim/*.hpp INCLUDES "infer/|workflow/|analysis/|tests/|${parallel}")
refuse(FILES infer/*.cpp infer/*.hpp INCLUDES "workflow/|analysis/|tests/|${parallel}")
refuse(FILES workflow/*.cpp workflow/*.hpp EXCEPT "^workflow/command_line/" INCLUDES "analysis/|workflow/command_line/|tests/")
refuse(FILES analysis/*.cpp analysis/*.hpp INCLUDES "workflow/command_line/|tests/")
refuse(FILES sim/*.hpp infer/*.hpp INCLUDES "boost/|fmt/|spdlog/|zlib|fitsio|nlohmann/|toml")

# Every source file includes its own header first, so that compiling the file shows that the header stands alone.
file(GLOB_RECURSE headers RELATIVE ${SOURCE} ${SOURCE}/sim/*.hpp ${SOURCE}/infer/*.hpp ${SOURCE}/workflow/*.hpp
     ${SOURCE}/analysis/*.hpp)
foreach(header ${headers})
  string(REGEX REPLACE "hpp$" "cpp" file ${header})
  if(EXISTS ${SOURCE}/${file})
    file(STRINGS ${SOURCE}/${file} first REGEX "^#include" LIMIT_COUNT 1)
    if(NOT first STREQUAL "#include \"${header}\"")
      list(APPEND failures "${file}: its first include is not ${header}")
    endif()
  endif()
endforeach()

if(failures)
  list(JOIN failures "\n  " text)
  message(FATAL_ERROR "against ARCHITECTURE.md:\n  ${text}")
endif()
