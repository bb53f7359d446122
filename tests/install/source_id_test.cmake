# The source id: what it covers, and that it changes with that and with nothing else.
cmake_minimum_required(VERSION 3.22)

# --- The build gives it every file that is compiled or embedded. ---

file(STRINGS ${LIST} covered)
file(GLOB_RECURSE wanted
     ${ROOT}/include/*.h ${ROOT}/pipeline/*.h ${ROOT}/pipeline/*.cc ${ROOT}/pipeline/*.toml
     ${ROOT}/stages/*.h ${ROOT}/stages/*.cc ${ROOT}/stages/*.toml
     ${ROOT}/stages/data/*.bin ${ROOT}/stages/data/*.txt)
list(REMOVE_ITEM wanted ${covered})
if(wanted)
  message(FATAL_ERROR "not in the source id: ${wanted}")
endif()

# --- In a tree of its own, without version control. ---

# id_of(<variable> NAMES...): of these files in ${tree}, in this order.
set(tree ${SCRATCH}/tree)
function(id_of out)
  list(TRANSFORM ARGN PREPEND ${tree}/ OUTPUT_VARIABLE files)
  list(JOIN files "\n" lines)
  file(WRITE ${SCRATCH}/list "${lines}\n")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D OUT=${SCRATCH}/id.cc -D ROOT=${tree} -D FILES=${SCRATCH}/list
            -P ${SCRIPT}
    RESULT_VARIABLE code ERROR_VARIABLE errors)
  file(READ ${SCRATCH}/id.cc content)
  if(NOT code EQUAL 0 OR NOT content MATCHES "return \"([0-9a-f]+)\"")
    message(FATAL_ERROR "no id (${code}): ${errors}\n${content}")
  endif()
  set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

function(expect condition left right what)
  if(NOT "${left}" ${condition} "${right}")
    message(FATAL_ERROR "${what}: ${left}, ${right}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
file(WRITE ${tree}/a.cc "int a;  // one\n")
file(WRITE ${tree}/b/a.cc "[;]\n")
id_of(begun a.cc b/a.cc)
string(LENGTH ${begun} length)
expect(EQUAL ${length} 16 "digits")

# What is compiled from it is not newer if nothing is new.
file(TIMESTAMP ${SCRATCH}/id.cc written "%s")
execute_process(COMMAND ${CMAKE_COMMAND} -E sleep 1.1)
file(TOUCH ${tree}/a.cc)
id_of(again b/a.cc a.cc)
expect(STREQUAL ${again} ${begun} "other times and another order give another id")
file(TIMESTAMP ${SCRATCH}/id.cc now "%s")
expect(EQUAL ${now} ${written} "written although it is the same")

set(ids ${begun})
foreach(text "int a;  // two\n" "int a;  // one" "")
  file(WRITE ${tree}/a.cc "${text}")
  id_of(id a.cc b/a.cc)
  list(APPEND ids ${id})
endforeach()
file(WRITE ${tree}/a.cc "int a;  // one\n")
file(COPY ${tree}/a.cc DESTINATION ${tree}/c)
id_of(id c/a.cc b/a.cc)
list(APPEND ids ${id})
id_of(id a.cc b/a.cc c/a.cc)
list(APPEND ids ${id})
list(LENGTH ids count)
list(REMOVE_DUPLICATES ids)
list(LENGTH ids different)
expect(EQUAL ${different} ${count} "other contents, names or files give the same id")

file(COPY ${tree}/ DESTINATION ${SCRATCH}/another/place)
set(tree ${SCRATCH}/another/place)
id_of(id a.cc b/a.cc)
expect(STREQUAL ${id} ${begun} "a copy elsewhere gives another id")
