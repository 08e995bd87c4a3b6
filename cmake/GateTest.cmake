# gate_unit_test(<name> SOURCES <file>...): one cmocka program, one ctest test named unit/<name>.

function(gate_unit_test name)
	cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
	string(REPLACE "/" "_" target "test_${name}")
	add_executable(${target} ${arg_SOURCES})
	target_link_libraries(${target} PRIVATE gate_test_support)
	add_test(NAME unit/${name} COMMAND ${target})
	set_tests_properties(unit/${name} PROPERTIES LABELS unit TIMEOUT 30)
endfunction()
