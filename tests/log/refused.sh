#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A home that keeps its log for somebody else: what is new, and what is to be forgotten, goes to the inbox, once, and into the log when somebody may.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
git clone -q origin.git a
git clone -q origin.git b
record a kept
record a secret
doragate -C a log sync -q
doragate -C b log sync -q
inboxes() { git -C origin.git for-each-ref refs/doragate/inbox | wc -l; }
refuse() { # refuse REF...: by a rule of the home
	cat >origin.git/hooks/update <<-END
		#!/bin/sh
		case \$1 in $1) exit 1 ;; esac
	END
	chmod +x origin.git/hooks/update
}

refuse refs/doragate/log
before=$(tree origin.git)
record a new
doragate -C a log sync >said 2>&1 || die "refused, and it fails: $(cat said)"
grep -q 'went to the inbox, for the log did not move: \[remote rejected\] (hook declined)' said || die "refused, it says: $(cat said)"
same 'the log' "$before" "$(tree origin.git)"
same 'inboxes' 1 "$(inboxes)"
spools() { find a/.git/doragate -name 'spool*' ! -name '*.lock' -size +0; }
[ -z "$(spools)" ] || die 'what is at the home is in the spool yet'
doragate -C a log sync -q 2>/dev/null
same 'inboxes after nothing new' 1 "$(inboxes)"
# Another one sees it, though it may not put it into the log either.
doragate -C b log sync -q 2>/dev/null
same 'at b' "$(printf 'kept\nnew\nsecret')" "$(ids b)"
same 'inboxes of b' 1 "$(inboxes)"

# What is to be forgotten is nothing that may get lost on the way.
secret=$(doragate -C a log export | sed -n 's/.*"id":"\([0-9a-f]*\)","source".*"deploymentId":"secret".*/\1/p')
doragate -C a log forget "$secret" --reason 'a name' >/dev/null
doragate -C a log sync -q 2>/dev/null
same 'inboxes with what is forgotten' 2 "$(inboxes)"
doragate -C a log sync -q 2>/dev/null
same 'inboxes after it' 2 "$(inboxes)"
rm origin.git/hooks/update
doragate -C b log sync -q
same 'folded' 0 "$(inboxes)"
same 'forgotten by b' "$(printf 'kept\nnew')" "$(ids b)"
same 'and at the home' "$(tree b)" "$(tree origin.git)"
whole b
doragate -C a log sync -q
same 'and at a' "$(tree a)" "$(tree origin.git)"
# Sent without fetching, it goes too.
doragate -C a log forget later --source somebody --reason 'a name' >/dev/null
doragate -C a log sync -q --send --strict
same 'inboxes of a sending' 1 "$(inboxes)"
doragate -C a log sync -q --send --strict
same 'inboxes of another' 1 "$(inboxes)"
doragate -C b log sync -q
doragate -C a log sync -q
same 'forgotten everywhere' "$(tree a)" "$(tree b)"
git -C b ls-tree -r --name-only refs/doragate/log | grep -c forgotten/ | grep -qx 2 || die 'b does not know what to forget'

# Nothing is taken: that is an error, with the home's reason, and the spool stays.
refuse 'refs/doragate/*'
record a last
status=0
doragate -C a log sync >said 2>&1 || status=$?
same 'refused altogether' 4 $status
grep -q 'origin refuses the log: \[remote rejected\] (hook declined)' said || die "refused altogether, it says: $(cat said)"
! grep -q 'went to the inbox' said || die "it says of an inbox: $(cat said)"
[ -n "$(spools)" ] || die 'the spool is gone'
rm origin.git/hooks/update
doragate -C a log sync -q
same 'in the end' "$(tree a)" "$(tree origin.git)"
complete a <(printf 'kept\nnew\nlast\n')
