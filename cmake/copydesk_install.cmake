# `cmake --install`: the static library with its headers, the command, the licence and the rule
# packs. The package works from wherever its folder is moved to.
# Nothing is installed when copydesk is a part of another project's build.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/copydesk)

install(TARGETS copydesk EXPORT copydeskTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/copydesk DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
if(COPYDESK_BUILD_CLI)
  install(TARGETS copydesk_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The packs are compiled in too; these are for reading and as a start for one's own.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/stages/rules DESTINATION ${CMAKE_INSTALL_DATADIR}/copydesk
        FILES_MATCHING PATTERN "*.toml" PATTERN "*.md")

# find_package(copydesk). The library's own dependencies are link-only names in the exported
# target; copydesk_dependencies.cmake gives these names a meaning on the user's machine.
install(EXPORT copydeskTargets NAMESPACE copydesk:: DESTINATION ${package_dir})
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/copydeskConfig.cmake.in ${PROJECT_BINARY_DIR}/copydeskConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/copydeskConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/copydeskConfig.cmake ${PROJECT_BINARY_DIR}/copydeskConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/copydesk_dependencies.cmake
  DESTINATION ${package_dir})

# pkg-config --static copydesk. Paths are relative to the file itself.
file(RELATIVE_PATH COPYDESK_PC_TO_PREFIX
     ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REPLACE ";" " " COPYDESK_PC_REQUIRES "${COPYDESK_PKGCONFIG_MODULES}")
string(REPLACE ";" " " COPYDESK_PC_LIBS "${COPYDESK_PLAIN_LIBRARIES}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/copydesk.pc.in ${PROJECT_BINARY_DIR}/copydesk.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/copydesk.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
