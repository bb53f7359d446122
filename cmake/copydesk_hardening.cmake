# What a release is built with beside optimisation, so that a fault of ours ends a run instead of
# obeying its input: checked containers and buffers, guarded stacks, addresses that nobody knows
# beforehand, tables of functions that cannot be written. Off under sanitizers, which bring their own
# checks and do not go with some of these. tests/robustness/hardening_test.py reads the result.
option(COPYDESK_HARDENING "Build with the compiler's and linker's protections" ON)
if(NOT COPYDESK_HARDENING OR "${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
  return()
endif()

include(CheckCXXCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)

foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "COPYDESK_HAS${flag}" has)
  check_cxx_compiler_flag(${flag} ${has})
  if(${has})
    add_compile_options(${flag})
  endif()
endforeach()
add_compile_definitions(_GLIBCXX_ASSERTIONS)
# Needs optimisation. Distributions may set a lower level on the command line.
add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
                    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)

check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
foreach(flag relro now)
  check_linker_flag(CXX "LINKER:-z,${flag}" COPYDESK_LINKS_${flag})
  if(COPYDESK_LINKS_${flag})
    add_link_options("LINKER:-z,${flag}")
  endif()
endforeach()
