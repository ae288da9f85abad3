# cmake --install gives the program, where it is built, and for embedders (--component embed) the door's headers with:
#   find_package(panelpuls)                      panelpuls::panelpuls, the shared library, which needs nothing else
#   find_package(panelpuls COMPONENTS static)    panelpuls::panelpuls_static, with all it needs of others
#   pkg-config panelpuls, panelpuls-static       the same
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/panelpuls)
install(TARGETS panelpuls_shared EXPORT panelpulsTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT embed
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT embed)
install(TARGETS panelpuls_static EXPORT panelpulsStaticTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT embed
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT embed)
foreach(export panelpulsTargets panelpulsStaticTargets)
  install(EXPORT ${export} NAMESPACE panelpuls:: DESTINATION ${package_dir} COMPONENT embed)
endforeach()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/panelpulsConfig.cmake.in
  ${PROJECT_BINARY_DIR}/panelpulsConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/panelpulsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/panelpulsConfig.cmake ${PROJECT_BINARY_DIR}/panelpulsConfigVersion.cmake
  DESTINATION ${package_dir} COMPONENT embed)

# Prefix of the .pc files by their own place, so that an installed tree can be moved.
file(RELATIVE_PATH PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")
foreach(name panelpuls panelpuls-static)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT embed)
endforeach()
