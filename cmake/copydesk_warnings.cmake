# Warnings of our own code; an interface target, so that nothing leaks to those who embed us.
add_library(copydesk_warnings INTERFACE)
target_compile_options(copydesk_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wsuggest-override>)
if(COPYDESK_WERROR)
  target_compile_options(copydesk_warnings INTERFACE -Werror)
endif()
