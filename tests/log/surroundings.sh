#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a user has set up around the log: paths as URLs, worktrees with their own configuration, passwords, transports, odd settings. Everything works,
# nothing is told, and nothing of theirs changes.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
git clone -q origin.git a
shared() { # shared WHAT: what a has is at the home
	same "$1" "$(tree a)" "$(tree origin.git)"
}

# A path from the top of the work tree, wherever one stands.
git -C a remote set-url origin ../origin.git
record a 1
doragate -C a log sync -q
shared 'from outside'
mkdir -p a/deep/down
record a 2
(cd a/deep/down && doragate log sync -q)
shared 'from below'
git clone -q --bare origin.git bare.git
git -C bare.git remote set-url origin ../origin.git
doragate -C bare.git record -q deployment --id 3 -c HEAD
doragate -C bare.git log sync -q
same 'a bare one' "$(tree bare.git)" "$(tree origin.git)"
doragate -C a log sync -q
# Another repository's log: the path starts at the top too.
git init -q --bare logs.git
git -C a remote set-url origin "$top/origin.git"
sed -i '$a log: { store: "git:../logs.git" }' a/.doragate.yml
git -C a commit -qam 'log elsewhere'
record a 4
(cd a/deep && doragate log sync -q)
git -C logs.git rev-parse -q --verify refs/doragate/log >/dev/null || die 'a relative store has nothing'
# Half made by a process that was killed: it says so, and never takes the user's own repository for it.
rm -rf a/.git/doragate/log.git && mkdir a/.git/doragate/log.git
status=0
doragate -C a log show >said 2>&1 || status=$?
same 'a half-made log.git' 4 $status
grep -q "log.git' is no bare repository: remove it" said || die "of a half-made log.git it says: $(cat said)"
rmdir a/.git/doragate/log.git
doragate -C a log sync -q
git -C a reset -q --hard HEAD~1

# A linked worktree with configuration of its own.
git -C a config extensions.worktreeConfig true
git -C a worktree add -q "$top/linked"
git -C linked config --worktree remote.origin.pushurl "$top/nowhere.git"
git -C linked config --worktree remote.origin.url "$top/origin.git"
doragate -C linked record -q deployment --id 5 -c HEAD
! doragate -C linked log sync -q 2>said || die 'the configuration of the worktree is not read'
grep -q nowhere.git said || die "of the worktree's home it says: $(cat said)"
# A relative path starts at its own top.
mkdir -p deep && git -C a worktree move "$top/linked" "$top/deep/linked"
git -C deep/linked config --worktree --unset remote.origin.pushurl
git -C deep/linked config --worktree remote.origin.url ../../origin.git
(cd deep/linked/.. && doragate -C linked log sync -q)
same 'from a linked worktree' "$(tree deep/linked)" "$(tree origin.git)"
doragate -C a log sync -q
shared 'the main work tree'
git -C a worktree remove --force "$top/deep/linked"

# A password is never printed.
git -C a remote set-url origin 'https://me:s3cr@t@localhost:1/x.git'
! doragate -C a log sync >said 2>&1 || die 'nobody listens there'
! grep -q 's3cr' said || die "a password: $(cat said)"
# It comes from git too, and from a URL that is the store.
git -C a config remote.origin.url 'ext::sh -c "echo fatal: https://me:s3cret@example.com/ >&2; exit 1"'
git -C a config protocol.ext.allow always
! doragate -C a log sync >said 2>&1 || die 'a broken transport'
! grep -q 's3cret' said || die "a password in what git says: $(cat said)"
git -C a remote set-url origin "$top/origin.git"

# What a user may have set: it works, and nothing of theirs is touched.
git -C a tag mine
git -C origin.git tag theirs
for setting in fetch.prune=true fetch.pruneTags=true remote.origin.tagOpt=--tags push.default=nothing push.followTags=true fetch.all=true \
	remote.origin.prune=true remote.origin.followRemoteHEAD=always core.logAllRefUpdates=always push.gpgSign=false transfer.fsckObjects=true \
	fetch.parallel=2 gc.auto=1 "url.$top/.insteadOf=short:" "url.$top/.pushInsteadOf=short:"; do
	git -C a config --add "${setting%%=*}" "${setting#*=}"
done
git -C a remote set-url origin short:origin.git
sum() { # of what is the user's
	git -C a for-each-ref --format='%(refname) %(objectname)' refs/heads refs/tags refs/remotes
	git -C a reflog show --all | grep -v doragate
	cat a/.git/config a/.git/HEAD
}
sum >before
record a 6
doragate -C a log sync -q
shared 'odd settings'
sum | cmp - before || die "the user's refs or settings changed"
[ ! -e a/.git/FETCH_HEAD ] || die 'FETCH_HEAD'

# A home that has a folder where the log wants to be: events go to the inbox, the reason is named, and nothing is lost.
git -C a config --unset-all "url.$top/.pushInsteadOf" && git -C a config --unset-all "url.$top/.insteadOf"
git -C a remote set-url origin "$top/other.git"
git init -q --bare other.git
git -C a push -q "$top/other.git" HEAD:refs/doragate/log/x
git -C other.git pack-refs --all
record a 7
doragate -C a log sync >said 2>&1 || die "a folder in place of the log: $(cat said)"
grep -q "went to the inbox.*failed to update ref" said || die "of a folder in place of the log it says: $(cat said)"
ids a | grep -qx 7 || die 'lost'
git -C other.git update-ref -d refs/doragate/log/x
doragate -C a log sync -q
same 'mended' "$(tree a)" "$(tree other.git)"

# A home that goes away in the middle of a push is no refusal: the events stay.
cat >other.git/hooks/pre-receive <<'END'
#!/bin/sh
kill -KILL "$(ps -o ppid= -p $$)"
END
chmod +x other.git/hooks/pre-receive
record a 8
status=0
doragate -C a log sync >said 2>&1 || status=$?
same 'a home that dies' 4 $status
! grep -q 'refuses' said || die "of a home that dies it says: $(cat said)"
rm other.git/hooks/pre-receive
doragate -C a log sync -q
same 'behind it' "$(tree a)" "$(tree other.git)"

# In a hook ssh must not ask; a program that is not OpenSSH gets no option it does not know.
cat >ssh <<'END'
#!/bin/sh
echo "$0 $*" >>"$SEEN"
exit 1
END
chmod +x ssh && cp ssh plink && cp ssh mine
export SEEN=$top/seen
sed -i '$a log: { sync: push }' a/.doragate.yml
git -C a commit -qam 'send when pushed'
git -C a config --unset-all push.default
git -C a remote set-url origin ssh://localhost/x.git
tries() { # tries WHAT: how ssh is called when a push sends the log
	: >seen
	rm -f a/.git/doragate/sent
	record a "t$RANDOM"
	printf 'refs/heads/main %s refs/heads/main %040d\n' "$(git -C a rev-parse HEAD)" 0 |
		(cd a && "$(doragate --exec-path)/doragate-pre-push" origin ssh://localhost/x.git >/dev/null 2>&1) || true
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -s seen ] || break
		sleep 0.1
	done
	[ -s seen ] || die "$1: ssh is not called"
}
PATH=$top:$PATH tries 'ssh'
grep -q 'oBatchMode=yes' seen || die "ssh may ask: $(cat seen)"
GIT_SSH_COMMAND="$top/plink" tries 'plink'
! grep -q 'oBatchMode' seen || die "plink gets an option of OpenSSH: $(cat seen)"
GIT_SSH=$top/mine tries 'GIT_SSH'
grep -q '^[^ ]*/mine ' seen || die "GIT_SSH is not used: $(cat seen)"
git -C a config core.sshCommand "$top/mine"
git -C a config ssh.variant simple
tries 'ssh.variant'
! grep -q 'oBatchMode' seen || die "a simple transport gets an option: $(cat seen)"
