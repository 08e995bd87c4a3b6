# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For the tests of tests/log/: a scratch folder, a remote, clones, and what is asked again and again. The first argument is the build folder.
set -eu -o pipefail
shopt -s inherit_errexit
build=$(cd "$1" && pwd -P)
PATH=$build/bin:$PATH
top=$(mktemp -d) && top=$(cd "$top" && pwd -P)
mounts=()
# Also after a failure: no process, no mount and no file is left.
clean() {
	local status=$? pids
	set +e
	pids=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null
	wait 2>/dev/null
	cd /
	for mount in "${mounts[@]}"; do umount -l "$mount"; done
	chmod -R u+w "$top" 2>/dev/null
	# A child of what was ended may still write.
	rm -rf "$top" 2>/dev/null || { sleep 1 && rm -rf "$top"; }
	exit $status
}
trap clean EXIT
export HOME=$top/home TZ=UTC LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$top/home/.gitconfig GIT_TERMINAL_PROMPT=0
export LSAN_OPTIONS=${LSAN_OPTIONS:-detect_leaks=0}
CI_OF_DORAGATE=${CI:-}
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE CI GITHUB_RUN_ID CI_PIPELINE_ID DORAGATE_TRACE || true
mkdir "$HOME"
git config --global user.name 'A Developer'
git config --global user.email dev@example.com
git config --global init.defaultBranch main
git config --global gc.auto 0
cd "$top"

die() {
	echo "FAILED: $*" >&2
	exit 1
}

# left_out WHAT: the rest of this test, or a part of it, cannot be done on this machine; our own CI must do it.
left_out() {
	[ -z "${CI_OF_DORAGATE:-}" ] || die "$*"
	echo "left out: $*"
}

# small_disk NAME OPTIONS: a file system of its own. False where we may not mount.
small_disk() {
	mkdir "$1"
	mount -t tmpfs -o "$2" tmpfs "$1" 2>/dev/null || return 1
	mounts+=("$top/$1")
}

# remote NAME: a bare repository with one commit that has a policy.
remote() {
	git init -q --bare "$1"
	git clone -q "$1" "$1.first" 2>/dev/null
	cat >"$1.first/.doragate.yml" <<-END
		version: 1
		repository: https://example.com/shop
		services: { cart: { paths: [cart/] } }
		environments: { production: { tier: production } }
	END
	git -C "$1.first" add .
	git -C "$1.first" commit -q -m one
	git -C "$1.first" push -q origin HEAD
	rm -rf "$1.first"
}

record() { # record CLONE ID: a deployment of that id
	doragate -C "$1" record -q deployment --id "$2" --at 2026-01-31T08:00:00Z
}

ids() { # ids CLONE: the deployments that a clone knows, sorted
	doragate -C "$1" log export | sed 's/.*"deploymentId":"\([^"]*\)".*/\1/' | sort
}

tree() { # tree REPOSITORY [REF]: of its log
	git -C "$1" rev-parse "${2:-refs/doragate/log}^{tree}"
}

whole() { # whole CLONE: the log is what the format says
	local said
	said=$(doragate -C "$1" log verify) || die "$1: $said"
	[ "$said" = 'the log is whole' ] || die "$1: $said"
}

# complete CLONE FILE: it has every id of the file once, and the log is whole.
complete() {
	whole "$1"
	ids "$1" >"$top/known"
	same "$1: doubled" '' "$(uniq -d "$top/known" | head -n 3)"
	same "$1: lost" '' "$(sort "$2" | comm -23 - "$top/known")"
}

same() { # same WHAT A B
	[ "$2" = "$3" ] || die "$1: '$2' and '$3'"
}
