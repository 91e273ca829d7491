# The program, the library with its headers and CMake package, completions and the man page.
set(LLMFIT_DOCS ${CMAKE_CURRENT_BINARY_DIR}/docs)
add_custom_command(
  OUTPUT ${LLMFIT_DOCS}/llmfit.1 ${LLMFIT_DOCS}/llmfit.bash ${LLMFIT_DOCS}/_llmfit
         ${LLMFIT_DOCS}/llmfit.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${LLMFIT_DOCS}
  COMMAND llmfit help man --output ${LLMFIT_DOCS}/llmfit.1
  COMMAND llmfit completion bash --output ${LLMFIT_DOCS}/llmfit.bash
  COMMAND llmfit completion zsh --output ${LLMFIT_DOCS}/_llmfit
  COMMAND llmfit completion fish --output ${LLMFIT_DOCS}/llmfit.fish
  DEPENDS llmfit
  COMMENT "Writing the man page and the completions")
add_custom_target(llmfit_docs ALL DEPENDS ${LLMFIT_DOCS}/llmfit.1)

install(TARGETS llmfit RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS llmfit_library EXPORT llmfit-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/llmfit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT llmfit-targets NAMESPACE llmfit:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/llmfit)

configure_package_config_file(cmake/llmfit-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/llmfit-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/llmfit)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/llmfit-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/llmfit-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/llmfit-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/llmfit)

install(FILES ${LLMFIT_DOCS}/llmfit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${LLMFIT_DOCS}/llmfit.bash RENAME llmfit
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${LLMFIT_DOCS}/_llmfit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${LLMFIT_DOCS}/llmfit.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
