#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-layers.sh [ROOT]: files of gate/ and hooks/ include only from layers that are not above their own.
#
# The order of the layers is GATE_LAYERS in gate/CMakeLists.txt; gate/cmd is above them all, gate/*.c sees everything
# and hooks/ sees the library without cmd.  A library of others is included only where the table below says.
set -eu

cd "${1:-$(dirname "$0")/..}"
layers=$(sed -n '/^set(GATE_LAYERS/,/)/p' gate/CMakeLists.txt | tr '()\n' '   ' | sed 's/^set *GATE_LAYERS//')
[ -n "$layers" ] || {
	echo 'gate/CMakeLists.txt: no GATE_LAYERS' >&2
	exit 1
}

folders=gate
[ ! -d hooks ] || folders='gate hooks'
# shellcheck disable=SC2086 # two folders
find $folders -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null |
awk -v layers="$layers cmd" '
BEGIN {
	count = split(layers, names, " ")
	for (i = 1; i <= count; i++)
		level[names[i]] = i
	top = count

	# Header of a library, and the start of the paths of the files that may include it.
	only["^git2[./]"] = "gate/git/"
	only["^yaml[.]h$"] = "gate/base/yaml"
	only["^(cjson/)?cJSON[.]h$"] = "gate/base/json"
	only["^pcre2[.]h$"] = "gate/base/"
	only["^nettle/"] = "gate/base/"
}

function complain(text) {
	print place ": " text
	bad = 1
}

# The number of the layer that a path is in; 0 for a folder that is none.
function layer(path,  part) {
	split(path, part, "/")
	if (part[1] == "hooks")
		return top - 1
	if (path ~ /^gate\/[^\/]*$/)
		return path ~ /[.]c$/ ? top : 1
	return part[1] == "gate" ? level[part[2]] + 0 : 0
}

{
	file = $0
	sub(/:.*/, "", file)
	place = $0
	sub(/:[ \t]*#.*/, "", place)
	header = $0
	sub(/^[^#]*#[ \t]*include[ \t]*/, "", header)
	quoted = header ~ /^"/
	header = substr(header, 2)
	sub(/[">].*/, "", header)

	from = layer(file)
	if (!from) {
		complain("the folder is no layer: add it to GATE_LAYERS in gate/CMakeLists.txt")
		next
	}
	if (!quoted) {
		for (library in only)
			if (header ~ library && file !~ "^(" only[library] ")")
				complain("<" header "> is included only in " only[library])
		next
	}
	if (file ~ /^hooks\// && header ~ /^hooks\//)
		next
	to = layer(header)
	if (header !~ /^gate\// || !to)
		complain("\"" header "\" is not the full path of a header of the library")
	else if (to > from)
		complain("\"" header "\" is above this layer")
}

END {
	exit bad
}'
