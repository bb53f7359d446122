# Warnings of our own code; an interface target, so that nothing leaks to those who embed us.
add_library(copydesk_warnings INTERFACE)
target_compile_options(copydesk_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wsuggest-override>
  # GCC 12 sees overlaps in std::string::replace() that are not there (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(COPYDESK_WERROR)
  target_compile_options(copydesk_warnings INTERFACE -Werror)
endif()
