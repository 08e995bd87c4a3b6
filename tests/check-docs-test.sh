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

printf '.Dd January 1, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Xyzzy\n' >man/doragate.1
if "$here/check-docs.sh" man >actual; then
	echo 'check-docs.sh passed a page with an unknown macro' >&2
	exit 1
fi
grep -q Xyzzy actual
