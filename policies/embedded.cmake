# Files compiled into the program.
set(GATE_EMBEDDED
	policies/baseline/policy.yml
	policies/ecommerce/policy.yml
	policies/feature-flags/policy.yml
	policies/rollback/policy.yml
	policies/sets/policy.yml
	policies/starter.yml
	policies/tests/policy.yml)
