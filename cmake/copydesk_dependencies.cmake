# The libraries copydesk stands on, each as an imported target. Debian 12 ships RE2, xxHash,
# utf8proc, isa-l, zstd and libpsl with pkg-config files only: find_package first, pkg-config second.
# CLD2 comes with neither.
#
# This file is installed beside copydeskConfig.cmake: who links the static library needs the same
# targets. It names what was not found in COPYDESK_MISSING and leaves the words to its includer.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
set(COPYDESK_MISSING "")
set(COPYDESK_PKGCONFIG_MODULES "")  # for `Requires.private` of copydesk.pc
set(COPYDESK_PLAIN_LIBRARIES "")    # for its `Libs.private`

# copydesk_find(<target> <config package> <imported target> <pkg-config module>)
macro(copydesk_find target package imported module)
  if(NOT TARGET ${target})
    find_package(${package} CONFIG QUIET)
    add_library(${target} INTERFACE IMPORTED)
    if(TARGET ${imported})
      target_link_libraries(${target} INTERFACE ${imported})
    else()
      pkg_check_modules(${target}_pc QUIET IMPORTED_TARGET ${module})
      if(${target}_pc_FOUND)
        target_link_libraries(${target} INTERFACE PkgConfig::${target}_pc)
      else()
        list(APPEND COPYDESK_MISSING ${module})
      endif()
    endif()
  endif()
endmacro()

# What the library links.
macro(copydesk_find_library target package imported module)
  copydesk_find(${target} ${package} ${imported} ${module})
  list(APPEND COPYDESK_PKGCONFIG_MODULES ${module})
endmacro()

# The same for a library that ships no package file at all: found by a header and its name.
macro(copydesk_find_plain_library target header name)
  if(NOT TARGET ${target})
    add_library(${target} INTERFACE IMPORTED)
    find_path(${target}_include ${header})
    find_library(${target}_library ${name})
    mark_as_advanced(${target}_include ${target}_library)
    if(${target}_include AND ${target}_library)
      target_include_directories(${target} INTERFACE ${${target}_include})
      target_link_libraries(${target} INTERFACE ${${target}_library})
    else()
      list(APPEND COPYDESK_MISSING ${name})
    endif()
  endif()
  list(APPEND COPYDESK_PLAIN_LIBRARIES -l${name})
endmacro()

copydesk_find_library(copydesk_dep_re2 re2 re2::re2 re2)
copydesk_find_library(copydesk_dep_xxhash xxHash xxHash::xxhash libxxhash)
copydesk_find_library(copydesk_dep_simdjson simdjson simdjson::simdjson simdjson)
copydesk_find_library(copydesk_dep_zstd zstd zstd::libzstd_shared libzstd)
copydesk_find_library(copydesk_dep_isal isal isal::isal libisal)
copydesk_find_library(copydesk_dep_utf8proc utf8proc utf8proc::utf8proc libutf8proc)
copydesk_find_library(copydesk_dep_hwy hwy hwy::hwy libhwy)
copydesk_find_library(copydesk_dep_psl libpsl libpsl::libpsl libpsl)
copydesk_find_library(copydesk_dep_fmt fmt fmt::fmt fmt)
copydesk_find_library(copydesk_dep_tomlplusplus tomlplusplus tomlplusplus::tomlplusplus
                      tomlplusplus)
copydesk_find_library(copydesk_dep_tbb TBB TBB::tbb tbb)
copydesk_find_plain_library(copydesk_dep_cld2 cld2/public/compact_lang_det.h cld2)
if(COPYDESK_BUILD_CLI)
  copydesk_find(copydesk_dep_cli11 CLI11 CLI11::CLI11 CLI11)
endif()

set(COPYDESK_TEXT_LIBRARIES copydesk_dep_xxhash copydesk_dep_utf8proc copydesk_dep_simdjson
    copydesk_dep_hwy)
set(COPYDESK_ENGINE_LIBRARIES copydesk_dep_simdjson copydesk_dep_xxhash copydesk_dep_zstd
    copydesk_dep_isal copydesk_dep_psl copydesk_dep_fmt copydesk_dep_tomlplusplus copydesk_dep_tbb
    copydesk_dep_hwy Threads::Threads)
set(COPYDESK_STAGES_LIBRARIES copydesk_dep_re2 copydesk_dep_xxhash copydesk_dep_fmt
    copydesk_dep_tomlplusplus copydesk_dep_simdjson copydesk_dep_cld2 copydesk_dep_utf8proc
    copydesk_dep_hwy)
set(COPYDESK_CLI_LIBRARIES copydesk_dep_cli11 copydesk_dep_fmt copydesk_dep_simdjson)
