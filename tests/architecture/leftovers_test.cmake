# No path of somebody's machine and no mark of unfinished work, in code, campaigns, scripts or pages.
#
# usage: cmake -D SOURCE=... -P leftovers_test.cmake
cmake_minimum_required(VERSION 3.25)
set(patterns "")
foreach(folder sim infer workflow analysis jobs tests)
  foreach(ending cpp hpp py sh R toml md txt)
    list(APPEND patterns ${SOURCE}/${folder}/*.${ending})
  endforeach()
endforeach()
file(GLOB_RECURSE files RELATIVE ${SOURCE} ${patterns})
file(GLOB pages RELATIVE ${SOURCE} ${SOURCE}/*.md)

set(failures "")
foreach(file ${files} ${pages})
  file(STRINGS ${SOURCE}/${file} lines REGEX "(^|[ \"'=(:])/(home|root|work|Users)/|TODO|FIXME")
  foreach(line ${lines})
    string(APPEND failures "\n  ${file}: ${line}")
  endforeach()
endforeach()
if(failures)
  message(FATAL_ERROR "left over:${failures}")
endif()
