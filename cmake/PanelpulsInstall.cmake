# cmake --install gives the embeddable core; find_package(panelpuls) gives panelpuls::engine.
include(CMakePackageConfigHelpers)
install(EXPORT panelpulsTargets NAMESPACE panelpuls:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/panelpuls)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/panelpulsConfig.cmake.in
  ${PROJECT_BINARY_DIR}/panelpulsConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/panelpuls)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/panelpulsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/panelpulsConfig.cmake ${PROJECT_BINARY_DIR}/panelpulsConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/panelpuls)
