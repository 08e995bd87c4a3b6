# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The shop, with a policy that blocks and the hook that asks it.
# shellcheck source=tests/console/shop.sh
. "${setups:?}/shop.sh"
must doragate init --preset ecommerce --enforce
commit 'Add a gate'
must doragate install
must git push -q
