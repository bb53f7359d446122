# Every public header compiles alone, and includes only its own kind and the standard library.
cmake_minimum_required(VERSION 3.22)

set(faults "")
foreach(header IN LISTS HEADERS)
  file(STRINGS ${INCLUDE}/${header} includes REGEX "^ *# *include")
  foreach(line IN LISTS includes)
    # <execution> is standard, but brings TBB with GCC.
    if(line MATCHES "\"copydesk/[a-z0-9_/]+\\.h\"" OR
       (line MATCHES "<[a-z_]+>" AND NOT line MATCHES "<execution>"))
      continue()
    endif()
    string(APPEND faults "${header}: not allowed in a public header: ${line}\n")
  endforeach()
  # Not given as the main file: the guard must work, and `#pragma once` there would warn.
  execute_process(
    COMMAND ${CXX} -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Werror -x c++
            -I${INCLUDE} -include ${INCLUDE}/${header} -include ${INCLUDE}/${header} /dev/null
    RESULT_VARIABLE code ERROR_VARIABLE errors)
  if(NOT code EQUAL 0)
    string(APPEND faults "${header} does not compile alone:\n${errors}\n")
  endif()
endforeach()
if(NOT HEADERS)
  set(faults "no header was given")
endif()
if(faults)
  message(FATAL_ERROR "${faults}")
endif()
