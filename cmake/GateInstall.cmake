# What `cmake --install` puts where.  Included last, when every target is known.

install(TARGETS gate LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(FILES gate/gate.h gate/version.h DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/gate")
# Relative, so that the prefix may be chosen at install time.
file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/doragate.pc.in doragate.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/doragate.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

if(TARGET doragate)
	# `git doragate` is the program under another name, in the build folder too.
	file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
	file(CREATE_LINK doragate "${PROJECT_BINARY_DIR}/bin/git-doragate" SYMBOLIC)
	install(TARGETS doragate RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
	install(TARGETS doragate-main RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/doragate")
	install(FILES "${PROJECT_BINARY_DIR}/bin/git-doragate" DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

# Every program of hooks/ is a hook.
get_property(hooks DIRECTORY hooks PROPERTY BUILDSYSTEM_TARGETS)
foreach(hook IN LISTS hooks)
	get_target_property(type ${hook} TYPE)
	if(type STREQUAL EXECUTABLE)
		install(TARGETS ${hook} RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/doragate")
	endif()
endforeach()

foreach(section IN ITEMS 1 5 7)
	file(GLOB pages CONFIGURE_DEPENDS docs/man/*.${section})
	install(FILES ${pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()
