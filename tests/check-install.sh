#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-install.sh BUILD CC VERSION: installs into a scratch prefix and uses what came there from there.
set -eu

build=$(cd "$1" && pwd)
cc=$2
version=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/usr

fail() {
	echo "check-install: $*" >&2
	(cd "$prefix" && find . -type f -o -type l) >&2
	exit 1
}

cmake --install "$build" --prefix "$prefix" >"$scratch/log" 2>&1 || {
	cat "$scratch/log" >&2
	exit 1
}

# Another project finds the library by pkg-config.
cat >"$scratch/use.c" <<'END'
#include <gate/gate.h>
#include <stdio.h>
int main(void)
{
	return puts(gate_version()) < 0;
}
END
found=$(find "$prefix" -name doragate.pc)
[ -n "$found" ] || fail 'no doragate.pc'
PKG_CONFIG_PATH=${found%/*}
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir doragate)
# With sanitizers the library needs their run time first, which only our own build links.
if ! nm -D "$libdir/libdoragate.so" | grep -qE ' U __(asan|tsan|ubsan)_'; then
	# shellcheck disable=SC2046 # one word a flag
	"$cc" -o "$scratch/use" "$scratch/use.c" $(pkg-config --cflags --libs doragate)
	[ "$(LD_LIBRARY_PATH=$libdir "$scratch/use")" = "$version" ] || fail 'the library says another version'
fi

[ -e "$build/bin/doragate" ] || exit 0
"$prefix/bin/doragate" help >"$scratch/help" || fail 'bin/doragate help failed'
[ "$(readlink "$prefix/bin/git-doragate")" = doragate ] || fail 'bin/git-doragate does not lead to doragate'
PATH=$prefix/bin:$PATH git doragate help | diff "$scratch/help" - || fail 'git doragate says something else'
[ -x "$prefix/libexec/doragate/doragate-pre-push" ] || fail 'no libexec/doragate/doragate-pre-push'
