#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A push of one commit with the preset ecommerce, against lefthook with nothing to do: the hook alone, and what it adds to git push.
# usage: push.sh BUILD_FOLDER REPOSITORY [LEFTHOOK]
# LEFTHOOK is its native program; without it, npm installs the package into the scratch folder.
set -eu

build=$(cd "$1" && pwd)
repo=$2
lefthook=${3-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PATH=$build/bin:$PATH
export PATH GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com

if [ -z "$lefthook" ]; then
	(cd "$dir" && npm install --silent --no-audit --no-fund --prefix npm lefthook >&2)
	# Not the script of the package, which starts node first.
	lefthook=$(find "$dir/npm/node_modules" -path '*/lefthook-*/bin/lefthook' -type f | head -n 1)
fi
export LEFTHOOK_BIN="$lefthook"

# clone NAME: a clone beside a bare remote, on a branch that both have.
clone() {
	git clone -q --bare "$repo" "$dir/$1.git"
	git clone -q "$dir/$1.git" "$dir/$1"
	git -C "$dir/$1" switch -q -c bench
}

# change NAME: one commit that the remote does not have.
change() {
	git -C "$dir/$1" push -q origin bench
	mkdir -p "$dir/$1/src/payment"
	echo '// one line' >>"$dir/$1/src/payment/index.js"
	git -C "$dir/$1" add -A
	git -C "$dir/$1" commit -q -m 'payment: say it in one line'
}

clone ours
(cd "$dir/ours" && doragate init -q --enforce --preset ecommerce && git add -A && git commit -q -m 'Add a gate' && doragate install -q)
change ours
clone theirs
printf 'pre-push:\n  commands: {}\n' >"$dir/theirs/lefthook.yml"
(cd "$dir/theirs" && git add -A && git commit -q -m 'Add lefthook' && "$lefthook" install >/dev/null)
change theirs
clone none
change none

new=$(git -C "$dir/ours" rev-parse bench)
old=$(git -C "$dir/ours" rev-parse bench~)
echo "refs/heads/bench $new refs/heads/bench $old" >"$dir/stdin"
hook="$build/libexec/doragate/doragate-pre-push origin '$dir/ours.git' <'$dir/stdin'"

cat >"$dir/undo" <<-'END'
	#!/bin/sh
	old=$(git -C "$1" rev-parse bench~)
	git -C "$1.git" update-ref refs/heads/bench "$old"
	git -C "$1" update-ref refs/remotes/origin/bench "$old"
END
chmod +x "$dir/undo"

# least NUMBER: the fastest run of a command of the last series, in milliseconds. What else runs on the machine only adds.
least() {
	sed -n 's/^ *"min": \([0-9.e-]*\).*/\1/p' "$dir/times.json" | awk -v n="$1" 'NR == n { print $1 * 1000 }'
}

hyperfine --warmup 20 --runs 200 --export-json "$dir/times.json" \
	-n 'lefthook run pre-push' "cd '$dir/theirs' && '$lefthook' run pre-push </dev/null" \
	-n 'doragate-pre-push' "cd '$dir/ours' && $hook" \
	-n 'the hook as git runs it' "cd '$dir/ours' && .git/hooks/pre-push origin '$dir/ours.git' <'$dir/stdin'"
echo "$(least 1) $(least 2) $(least 3)" | awk '{ printf "hook: ratio %.2f; as git runs it %.2f\n", $2 / $1, $3 / $1 }'

hyperfine --warmup 5 --runs 100 --export-json "$dir/times.json" \
	--prepare "'$dir/undo' '$dir/none'" --prepare "'$dir/undo' '$dir/theirs'" --prepare "'$dir/undo' '$dir/ours'" \
	-n 'push, no hook' "git -C '$dir/none' push -q origin bench" \
	-n 'push, lefthook' "git -C '$dir/theirs' push -q origin bench" \
	-n 'push, doragate' "git -C '$dir/ours' push -q origin bench"
echo "$(least 1) $(least 2) $(least 3)" |
	awk '{ printf "push: %.1f ms, lefthook adds %.1f, doragate adds %.1f: ratio %.2f\n", $1, $2 - $1, $3 - $1, ($3 - $1) / ($2 - $1) }'

if command -v valgrind >/dev/null; then
	"$dir/undo" "$dir/ours"
	cd "$dir/ours"
	echo "instructions: $(sh -c "valgrind --tool=callgrind --callgrind-out-file=/dev/null $hook" 2>&1 | sed -n 's/.*refs: *//p')"
fi
