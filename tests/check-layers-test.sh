#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that check-layers.sh finds each kind of violation, and nothing else.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

file() { # file PATH INCLUDE...
	path=$scratch/tree/$1
	shift
	mkdir -p "$(dirname "$path")"
	printf '#include %s\n' "$@" >"$path"
}

mkdir -p "$scratch/tree/gate"
cat >"$scratch/tree/gate/CMakeLists.txt" <<'END'
set(GATE_LAYERS base git
	report flow)
END

# What is right.
file gate/base/json.c '"gate/base/json.h"' '<cjson/cJSON.h>' '<stdio.h>'
file gate/base/yaml.c '<yaml.h>'
file gate/base/text.c '<pcre2.h>'
file gate/git/repo.c '"gate/base/text.h"' '"gate/version.h"' '<git2.h>' '<git2/sys/repository.h>'
file gate/report/json.c '"gate/git/repo.h"'
file gate/cmd/check.c '"gate/cmd/cmd.h"' '"gate/flow/judge.h"'
file gate/main.c '"gate/cmd/cmd.h"'
file hooks/pre_push.c '"hooks/hook.h"' '"gate/flow/judge.h"'
"$here/check-layers.sh" "$scratch/tree"

# What is wrong, each on its own line.
file gate/base/up.h '"gate/git/repo.h"'
file gate/base/text.h '"json.h"' '<git2.h>'
file gate/flow/a.c '"gate/cmd/cmd.h"' '"gate/flow/b.h"' '<cjson/cJSON.h>'
file gate/flow/table.def '  "gate/cmd/table.h"'
file gate/gadgets/a.c '<stdio.h>'
file gate/git/tests.c '"tests/support/test.h"'
file hooks/commit_msg.c '"gate/cmd/cmd.h"'
if "$here/check-layers.sh" "$scratch/tree" >"$scratch/actual"; then
	echo 'check-layers.sh passed a tree with violations' >&2
	exit 1
fi
diff -u - "$scratch/actual" <<'END'
gate/base/text.h:1: "json.h" is not the full path of a header of the library
gate/base/text.h:2: <git2.h> is included only in gate/git/
gate/base/up.h:1: "gate/git/repo.h" is above this layer
gate/flow/a.c:1: "gate/cmd/cmd.h" is above this layer
gate/flow/a.c:3: <cjson/cJSON.h> is included only in gate/base/json
gate/flow/table.def:1: "gate/cmd/table.h" is above this layer
gate/gadgets/a.c:1: the folder is no layer: add it to GATE_LAYERS in gate/CMakeLists.txt
gate/git/tests.c:1: "tests/support/test.h" is not the full path of a header of the library
hooks/commit_msg.c:1: "gate/cmd/cmd.h" is above this layer
END
