# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Keys in folders that are named to deceive: one clears the terminal, one is a command.
new_repo shop
write README.md </dev/null
commit 'Sell things'
echo key | write "$(printf 'a\033[2Jb/id_rsa')"
# shellcheck disable=SC2016 # that it would expand is the point
echo key | write 'x; touch $(whoami)/id_rsa'
commit 'Add keys'
