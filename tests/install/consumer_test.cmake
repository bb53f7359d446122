# Installs the build into a folder, moves the folder, and builds and runs a project that knows
# nothing but it: once through find_package, once through pkg-config.
cmake_minimum_required(VERSION 3.22)

# run(<what> COMMAND...): fails the test with the command's output if it fails; sets `output`.
macro(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${what} failed (${code}):\n${output}\n${errors}")
  endif()
endmacro()

macro(expect_consumer_output how)
  foreach(expected "shared words: 14" "stages: [1-9]" "version: copydesk [0-9]+\\.[0-9]+\\.[0-9]+")
    if(NOT output MATCHES "${expected}")
      message(FATAL_ERROR "${how}: no \"${expected}\" in the consumer's output:\n${output}")
    endif()
  endforeach()
endmacro()

file(REMOVE_RECURSE ${SCRATCH})
run("cmake --install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/first)
file(RENAME ${SCRATCH}/first ${SCRATCH}/moved)
set(prefix ${SCRATCH}/moved)

foreach(file bin/copydesk share/doc/copydesk/LICENSE share/copydesk/rules/en)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "not installed: ${file}")
  endif()
endforeach()
# Nothing that is installed may remember where it was built or first put.
file(GLOB_RECURSE texts ${prefix}/*.cmake ${prefix}/*.pc)
foreach(file IN LISTS texts)
  file(READ ${file} content)
  foreach(path ${BUILD} ${SCRATCH})
    string(FIND "${content}" "${path}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} names ${path}")
    endif()
  endforeach()
endforeach()
run("the installed command" ${prefix}/bin/copydesk --version)

# One header that includes every installed header, so that none is forgotten.
set(all "")
foreach(header IN LISTS HEADERS)
  if(NOT EXISTS ${prefix}/include/${header})
    message(FATAL_ERROR "not installed: ${header}")
  endif()
  string(APPEND all "#include \"${header}\"\n")
endforeach()
file(WRITE ${SCRATCH}/generated/every_public_header.h "${all}")

run("configure with find_package" ${CMAKE_COMMAND} -S ${CONSUMER} -B ${SCRATCH}/build -G "${GENERATOR}"
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${CXX} "-D CMAKE_CXX_FLAGS=${CXX_FLAGS}"
    -D CMAKE_BUILD_TYPE=${TYPE} -D GENERATED=${SCRATCH}/generated)
run("build with find_package" ${CMAKE_COMMAND} --build ${SCRATCH}/build)
run("the consumer (find_package)" ${SCRATCH}/build/consumer)
expect_consumer_output("find_package")

set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
run("pkg-config" pkg-config --static --cflags --libs copydesk)
separate_arguments(package_flags UNIX_COMMAND "${output}")
separate_arguments(build_flags UNIX_COMMAND "${CXX_FLAGS}")
run("build with pkg-config" ${CXX} -std=c++20 ${build_flags} -I${SCRATCH}/generated
    ${CONSUMER}/consumer.cc -o ${SCRATCH}/consumer_pkg_config ${package_flags})
run("the consumer (pkg-config)" ${SCRATCH}/consumer_pkg_config)
expect_consumer_output("pkg-config")
