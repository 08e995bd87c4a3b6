# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The shop after the first example of docs/policy.md.
# shellcheck source=tests/console/shop.sh
. "${setups:?}/shop.sh"
write .doragate.yml <<-'YML'
	version: 1
	mode: shadow
	rules:
	- id: checkout-tests
	  why: checkout earns the money; a change without its test has broken it twice
	  when: { changed: [src/checkout/, "!$tests"] }
	  require: { changed: $tests }
YML
commit 'Watch the tests of checkout'
echo 'export const refund = (order) => charge(-order.total);' >>src/checkout/pay.js
commit 'Refund orders'
