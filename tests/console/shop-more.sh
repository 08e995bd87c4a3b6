# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The shop with the policy of docs/policy.md, "More rules", in force, and a change that it has something to say on.
# shellcheck source=tests/console/shop.sh
. "${setups:?}/shop.sh"
# shellcheck disable=SC2016 # the backquotes are Markdown's
{
	printf 'version: 1\nextends: [doragate/baseline]\n'
	sed -n '/^```yaml$/,/^```$/p' "${setups:?}/../../docs/policy.md" | grep -v '^```'
} | write .doragate.yml
commit 'Hold changes to more'
must git push -q
write db/7.up.sql </dev/null
n=0
while [ $n -lt 20 ]; do
	echo "step($n);"
	n=$((n + 1))
done >>src/checkout/pay.js
echo 'debugger;' >>src/checkout/pay.js
commit 'pay in steps'
