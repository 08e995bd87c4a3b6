# gate_options carries everything that every target is compiled with.  Nothing here touches CMAKE_C_FLAGS, so what a
# packager sets there stays in force.

option(GATE_WERROR "Treat warnings as errors (for developers and CI; off for packagers)" OFF)
option(GATE_ASSERTS "Keep assert() in every build type (off for benchmarks)" ON)
option(GATE_COVERAGE "Instrument for line coverage" OFF)
set(GATE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them: address,undefined or thread")

add_library(gate_options INTERFACE)
target_compile_features(gate_options INTERFACE c_std_11)
target_compile_definitions(gate_options INTERFACE _GNU_SOURCE)
target_include_directories(gate_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_options(gate_options INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
	-Wwrite-strings -Wcast-qual -Wundef -Wvla -Wformat=2 -Wconversion -Wimplicit-fallthrough
	-Wnull-dereference -fno-common
	# libgit2's GIT_*_INIT macros leave fields out on purpose.
	-Wno-missing-field-initializers
	"SHELL:-include ${PROJECT_SOURCE_DIR}/gate/base/banned.h")

if(GATE_WERROR)
	target_compile_options(gate_options INTERFACE -Werror)
endif()
if(GATE_ASSERTS)
	target_compile_options(gate_options INTERFACE -UNDEBUG)
endif()
if(GATE_SANITIZE)
	target_compile_options(gate_options INTERFACE
		-fsanitize=${GATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(gate_options INTERFACE -fsanitize=${GATE_SANITIZE})
endif()
if(GATE_COVERAGE)
	target_compile_options(gate_options INTERFACE --coverage)
	target_link_options(gate_options INTERFACE --coverage)
endif()
