# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For the tests of tests/log/: a scratch folder, a remote, clones, and what is asked again and again. The first argument is the build folder.
set -eu -o pipefail
shopt -s inherit_errexit
build=$(cd "$1" && pwd -P)
PATH=$build/bin:$PATH
top=$(mktemp -d) && top=$(cd "$top" && pwd -P)
trap 'chmod -R u+w "$top" 2>/dev/null; rm -rf "$top"' EXIT
export HOME=$top/home TZ=UTC LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$top/home/.gitconfig GIT_TERMINAL_PROMPT=0
export LSAN_OPTIONS=${LSAN_OPTIONS:-detect_leaks=0}
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

same() { # same WHAT A B
	[ "$2" = "$3" ] || die "$1: '$2' and '$3'"
}
