#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-console-test.sh BUILD: proves that check-console.sh runs examples and fails on one that is out of date.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

cat >right.md <<'END'
Text, and a block that is not run:

```sh
false
```

```console
$ git init -q shop && cd shop
$ printf '%s\n' \
> one \
> '$two'
one
$two
$ git rev-parse HEAD >/dev/null 2>&1; echo $?
128
$ echo talk >&2
talk
```

```console
$ ls
```

<!-- console: empty -->
```console
$ word=left && cd /
```

This one goes on, also behind text:

<!-- console: empty goes on -->
```console
$ echo "$word in $PWD"
left in /
```
END
"$here/check-console.sh" "$build" right.md

cat >wrong.md <<'END'
```console
$ echo one; exit 3
two
```
END
if "$here/check-console.sh" "$build" right.md wrong.md >log; then
	echo 'check-console.sh passed an example that prints something else' >&2
	exit 1
fi
for line in '-two' '+one' '-0' '+3'; do
	grep -qx -e "$line" log
done
grep -q '^FAILED: .*wrong.md:1$' log
