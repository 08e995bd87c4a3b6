# Files compiled into the program.
set(GATE_EMBEDDED
	policies/sets/policy.yml)
