# gate_unit_test(<name> SOURCES <file>... [OOM]): one cmocka program, one ctest test named unit/<name>.
#
# OOM: the program may make allocations fail, see tests/support/oom.h.

function(gate_unit_test name)
	cmake_parse_arguments(arg "OOM" "" "SOURCES" ${ARGN})
	string(REPLACE "/" "_" target "test_${name}")
	add_executable(${target} ${arg_SOURCES})
	target_link_libraries(${target} PRIVATE gate_test_support)
	if(arg_OOM)
		target_link_libraries(${target} PRIVATE gate_test_oom)
	endif()
	add_test(NAME unit/${name} COMMAND ${target})
	# No configuration of the person who runs the tests is seen.
	set_tests_properties(unit/${name} PROPERTIES LABELS unit TIMEOUT 30
		ENVIRONMENT "TZ=UTC;LC_ALL=C;HOME=${PROJECT_BINARY_DIR}/no-home;GIT_CONFIG_NOSYSTEM=1;GIT_CONFIG_GLOBAL=/dev/null")
endfunction()
