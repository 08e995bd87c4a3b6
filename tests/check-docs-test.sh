#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that check-docs.sh finds each thing it is there for, with a program and pages made for that.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

cat >program <<'END'
#!/bin/sh
case "$*" in
help)
	printf 'usage: doragate <command>\n\n  check   judges a change\n  policy  tests a policy\n'
	;;
'check -h')
	printf 'usage: doragate check [options]\n\n  -C DIR           run in DIR\n  -q, --quiet      say less\n'
	printf '      --base REV   since REV, not --bases\n'
	;;
'policy -h')
	printf 'usage: doragate policy\n\n      --strict     warnings fail\n'
	;;
esac
END
chmod +x program
mkdir man

page() { # page NAME SUMMARY BODY...
	{
		printf '.Dd January 1, 2026\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n.Sh DESCRIPTION\n' "$1" "$1" "$2"
		shift 2
		printf '%s\n' "$@"
	} >"man/$page_file.1"
}

page_file=doragate
page doragate 'guards how a team ships' 'The commands are' '.Cm check' 'and' '.Cm policy .' 'All take' '.Fl C .'
page_file=doragate-check
page doragate-check 'judges a change' '.Bl -tag -width Ds' '.It Fl q , -quiet' 'Say less.' '.It Fl -base Ar rev' 'Since.' '.El'
page_file=doragate-policy
page doragate-policy 'tests a policy' '.Fl -strict'
"$here/check-docs.sh" man "$scratch/program"

# Each of these is wrong in its own way.
page_file=doragate
page doragate 'guards how a team ships' 'The command is' '.Cm check .' 'It takes' '.Fl C .'
page_file=doragate-check
page doragate-check 'judges changes' '.Fl q' '.Fl -base-of'
rm man/doragate-policy.1
page_file=doragate-gone
page doragate-gone 'is no more' 'Nothing.'
if "$here/check-docs.sh" man "$scratch/program" >actual; then
	echo 'check-docs.sh passed pages that are wrong' >&2
	exit 1
fi
diff -u - actual <<'END'
man/doragate-check.1: does not say 'judges a change'
man/doragate-check.1: does not name the option '--base'
man/doragate-check.1: does not name the option '--quiet'
man/doragate.1: does not name the command 'policy'
man/doragate-policy.1: missing
man/doragate-gone.1: there is no command 'gone'
END

rm man/*
page_file=doragate
page doragate 'guards how a team ships' 'The command is' '.Cm policy .' 'It ends with' '.Bl -tag -width Ds' '.It 0' 'passed' '.El'
page_file=doragate-policy
page doragate-policy 'tests a policy' '.Fl -strict'
cat >program <<'END'
#!/bin/sh
[ "$*" != help ] || printf '  policy  tests a policy\n'
END
cat >grammar <<'END'
#!/bin/sh
printf '%s\n' 'predicate added' 'param of paths required alone' 'predicate diff' 'param files range' 'param of paths' \
	'word lower' 'word shadow' 'exit 0 passed'
END
chmod +x grammar

policy_page() {
	{
		printf '.Dd January 1, 2026\n.Dt X 5\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Sh PREDICATES\n.Bl -tag -width Ds\n'
		printf '%s\n' "$@" .El
	} >man/doragate-policy.5
}
policy_page '.It Ic diff' '.Bl -tag -width Ds' '.It Cm of Ar paths' 'Of lower' '.It Cm files Ar range' 'and shadow.' .El \
	'.It Ic added' '.Bl -tag -width Ds' '.It Cm of Ar paths Pq required, alone' 'Those.' .El
"$here/check-docs.sh" man "$scratch/program" "$scratch/grammar"

page_file=doragate
page doragate 'guards how a team ships' 'The command is' '.Cm policy .' 'It ends with' '.Bl -tag -width Ds' '.It 0' 'fine' '.El'
policy_page '.It Ic diff' '.Bl -tag -width Ds' '.It Cm of Ar names' 'Lowered.' .El '.It Ic gone' 'In shadow.'
if "$here/check-docs.sh" man "$scratch/program" "$scratch/grammar" >actual; then
	echo 'check-docs.sh passed a grammar that is not the one of the program' >&2
	exit 1
fi
diff -u - actual <<'END'
--- the program
+++ man/doragate-policy.5
@@ -1,5 +1,3 @@
-added: param of paths required alone
-added: predicate added
-diff: param files range
-diff: param of paths
+diff: param of names
 diff: predicate diff
+gone: predicate gone
man/doragate-policy.5: does not name 'lower'
--- the program
+++ man/doragate.1
@@ -1 +1 @@
-0 passed
+0 fine
END

printf '.Dd January 1, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Xyzzy\n' >man/doragate.1
if "$here/check-docs.sh" man >actual; then
	echo 'check-docs.sh passed a page with an unknown macro' >&2
	exit 1
fi
grep -q Xyzzy actual
