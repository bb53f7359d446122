# The libraries copydesk stands on, each as an imported target. Debian 12 ships RE2, xxHash,
# utf8proc, isa-l, zstd and libpsl with pkg-config files only: find_package first, pkg-config second.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# copydesk_find(<target> <config package> <imported target> <pkg-config module>)
macro(copydesk_find target package imported module)
  if(NOT TARGET ${target})
    find_package(${package} CONFIG QUIET)
    add_library(${target} INTERFACE IMPORTED)
    if(TARGET ${imported})
      target_link_libraries(${target} INTERFACE ${imported})
    else()
      pkg_check_modules(${target}_pc REQUIRED IMPORTED_TARGET ${module})
      target_link_libraries(${target} INTERFACE PkgConfig::${target}_pc)
    endif()
  endif()
endmacro()

copydesk_find(copydesk_dep_re2 re2 re2::re2 re2)
copydesk_find(copydesk_dep_xxhash xxHash xxHash::xxhash libxxhash)
copydesk_find(copydesk_dep_simdjson simdjson simdjson::simdjson simdjson)
copydesk_find(copydesk_dep_zstd zstd zstd::libzstd_shared libzstd)
copydesk_find(copydesk_dep_isal isal isal::isal libisal)
copydesk_find(copydesk_dep_utf8proc utf8proc utf8proc::utf8proc libutf8proc)
copydesk_find(copydesk_dep_psl libpsl libpsl::libpsl libpsl)
copydesk_find(copydesk_dep_fmt fmt fmt::fmt fmt)
copydesk_find(copydesk_dep_tomlplusplus tomlplusplus tomlplusplus::tomlplusplus tomlplusplus)
copydesk_find(copydesk_dep_tbb TBB TBB::tbb tbb)
copydesk_find(copydesk_dep_cli11 CLI11 CLI11::CLI11 CLI11)

set(COPYDESK_TEXT_LIBRARIES copydesk_dep_xxhash copydesk_dep_utf8proc copydesk_dep_simdjson)
set(COPYDESK_ENGINE_LIBRARIES copydesk_dep_simdjson copydesk_dep_xxhash copydesk_dep_zstd
    copydesk_dep_isal copydesk_dep_psl copydesk_dep_fmt copydesk_dep_tomlplusplus copydesk_dep_tbb
    Threads::Threads)
set(COPYDESK_STAGES_LIBRARIES copydesk_dep_re2 copydesk_dep_xxhash copydesk_dep_fmt
    copydesk_dep_tomlplusplus)
set(COPYDESK_CLI_LIBRARIES copydesk_dep_cli11 copydesk_dep_fmt copydesk_dep_simdjson)
