#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that check-links.sh finds a link that leads nowhere.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

mkdir docs
echo '[up](../README.md), [there](a.md#part), [here](#part), [far](https://example.org/x.md)' >docs/a.md
echo '[a](docs/a.md) and [folder](docs/)' >README.md
"$here/check-links.sh" README.md docs/a.md

echo '[a](docs/a.md) and [gone](docs/b.md)' >README.md
if "$here/check-links.sh" README.md docs/a.md >actual; then
	echo 'check-links.sh passed a link that leads nowhere' >&2
	exit 1
fi
echo "README.md: there is no 'docs/b.md'" | diff - actual
