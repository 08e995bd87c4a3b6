# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A shop of one service that was deployed a dozen times in January 2026, last at two in the morning.
new_repo shop
new_remote origin
write .doragate.yml <<-'YML'
	version: 1
	repository: https://example.com/shop
	services: { checkout: { paths: [src/checkout/] } }
	environments: { production: { tier: production } }
YML
n=30
while [ $n -lt 42 ]; do
	n=$((n + 1))
	clock_at $((1767340800 + (n - 31) * 210000)) # 2026-01-02 08:00, and every 58 hours
	echo "step($n);" | write src/checkout/pay.js
	commit "pay: step $n"
	doragate record -q deployment --id $n --at "$(date -u -d "@$((1767340800 + (n - 31) * 210000 + 5400 + n * 60))" +%Y-%m-%dT%H:%M:%SZ)"
done
must git push -q -u origin main
doragate record -q incident --cause 42 --id INC-7 --at 2026-01-29T05:00:00Z
doragate record -q rollback --commit HEAD~1 --id 43 --at 2026-01-29T05:12:00Z
doragate record -q incident resolved --id INC-7 --at 2026-01-29T05:20:00Z
must doragate log sync -q --now 2026-01-30T08:00:00Z
