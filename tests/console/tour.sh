# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# An empty folder, in the month in which the README's tour happens: the clock, which makes ids what the README shows, and nothing else.
clock_at 1767312000 # 2026-01-02
