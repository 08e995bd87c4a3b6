# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The shop, in the night in which the README's tour happens.
clock_at 1769648400 # 2026-01-29 01:00
# shellcheck source=tests/console/shop.sh
. "${setups:?}/shop.sh"
