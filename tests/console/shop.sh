# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A small shop: two services with tests, pushed to a remote, on a clean branch main.
new_repo shop
new_remote origin
write README.md <<-'TEXT'
	A shop.
TEXT
write src/checkout/pay.js <<-'TEXT'
	export const pay = (order) => charge(order.total);
TEXT
write src/catalog/list.js <<-'TEXT'
	export const list = () => load("products");
TEXT
write src/checkout/pay.test.js <<-'TEXT'
	test("pays", () => pay({ total: 1 }));
TEXT
commit 'Sell things'
must git push -q -u origin main
