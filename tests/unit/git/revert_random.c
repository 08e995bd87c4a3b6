/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking commits back in memory against `git revert --no-commit`, on random small histories of a handful of paths: lines that are edited and put back,
 * modes, links, submodules, binary files, files that become folders, merges.
 */
#include "gate/git/revert.h"
#include "tests/support/shell.h"

#define CASES 300
#define LINES 9
#define MAX_LINES 12

/* "d" beside "d/x", and "e/f" beside "e/f/g", make a file stand where a folder was. */
static const char *const paths[] = { "a", "b", "d", "d-", "d/x", "d/y", "e/f", "e/f/g" };
#define PATHS GATE_COUNT(paths)

enum type { GONE, TEXT, PROGRAM, BINARY, LINK, SUBMODULE };

struct file {
	enum type type;
	unsigned lines[MAX_LINES];
	size_t n;
};

struct state {
	struct file files[PATHS];
};

struct history {
	size_t good, running, onto; /* marks */
	bool merges;
};

struct fixture {
	char *scratch, *dir; /* own */
	struct gate_buf stream;
	size_t n_marks;
	uint64_t seed;
	struct history cases[CASES];
};

static size_t below(struct fixture *f, size_t limit)
{
	f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)((f->seed >> 33) % limit);
}

static bool is_inside(const char *path, const char *folder)
{
	const size_t len = strlen(folder);

	return !strncmp(path, folder, len) && path[len] == '/';
}

/* What cannot stand beside it goes. */
static void make_room(struct state *s, size_t path)
{
	for (size_t i = 0; i < PATHS; i++)
		if (is_inside(paths[i], paths[path]) || is_inside(paths[path], paths[i]))
			s->files[i].type = GONE;
}

static void create(struct fixture *f, struct state *s, size_t path)
{
	struct file *file = &s->files[path];
	const size_t kind = below(f, 12);

	make_room(s, path);
	file->type = kind == 0 ? BINARY : kind == 1 ? LINK : kind == 2 ? SUBMODULE : TEXT;
	file->n = LINES;
	for (size_t i = 0; i < LINES; i++)
		file->lines[i] = below(f, 8) ? 0 : (unsigned)below(f, 3);
}

static void edit(struct fixture *f, struct file *file)
{
	const size_t at = below(f, file->n ? file->n : 1), what = below(f, 10);

	if (what == 0 && file->n > 1) {
		memmove(&file->lines[at], &file->lines[at + 1],
		        (file->n - at - 1) * sizeof(file->lines[0]));
		file->n--;
	} else if (what == 1 && file->n < MAX_LINES) {
		memmove(&file->lines[at + 1], &file->lines[at],
		        (file->n - at) * sizeof(file->lines[0]));
		file->lines[at] = 10 + (unsigned)below(f, 3);
		file->n++;
	} else {
		file->lines[at] = (unsigned)below(f, 3);
	}
}

/* One commit's work: mostly lines, else what git has rules for. `before`: an older state, to take from. */
static void change(struct fixture *f, struct state *s, const struct state *before)
{
	for (size_t n = below(f, 3) + (below(f, 12) != 0); n; n--) {
		const size_t path = below(f, PATHS), what = below(f, 24);
		struct file *file = &s->files[path];

		if (what == 0 && before->files[path].type != GONE) {
			make_room(s, path);
			*file = before->files[path];
		} else if (file->type == GONE || what == 1) {
			if (below(f, 4) == 0)
				create(f, s, path);
		} else if (what == 2) {
			file->type = GONE;
		} else if (what == 3) {
			file->type = file->type == TEXT ? PROGRAM : TEXT;
		} else {
			edit(f, file);
		}
	}
}

static void write_file(struct fixture *f, const char *path, const struct file *file)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	static const char *const modes[] = { "", "100644", "100755", "100644", "120000", "160000" };

	if (file->type == SUBMODULE) {
		gate_buf_printf(&f->stream, "M 160000 %040u %s\n", file->lines[0] + 1, path);
		return;
	}
	if (file->type == LINK)
		gate_buf_printf(&text, "to-%u", file->lines[0]);
	for (size_t i = 0; file->type != LINK && i < file->n; i++)
		gate_buf_printf(&text, "line %u, %s\n", file->lines[i],
		                file->lines[i] < 10
		                        ? (const char *[]){ "one", "two", "three", "four" }[i % 4]
		                        : "new");
	if (file->type == BINARY)
		gate_buf_add(&text, "\0", 1);
	gate_buf_printf(&f->stream, "M %s inline %s\ndata %zu\n", modes[file->type], path,
	                text.len);
	gate_buf_add(&f->stream, text.ptr, text.len);
	gate_buf_putc(&f->stream, '\n');
}

static size_t commit(struct fixture *f, size_t at, const struct state *s, size_t parent,
                     size_t other)
{
	const size_t mark = ++f->n_marks;

	gate_buf_printf(&f->stream, "commit refs/c/%zu/%zu\nmark :%zu\n", at, mark, mark);
	gate_buf_printf(&f->stream, "committer C <c@example.com> %zu +0000\ndata 0\n",
	                1600000000 + mark);
	if (parent)
		gate_buf_printf(&f->stream, "from :%zu\n", parent);
	if (other)
		gate_buf_printf(&f->stream, "merge :%zu\n", other);
	gate_buf_puts(&f->stream, "deleteall\n");
	for (size_t i = 0; i < PATHS; i++)
		if (s->files[i].type != GONE)
			write_file(f, paths[i], &s->files[i]);
	gate_buf_puts(&f->stream, "\n");
	return mark;
}

static size_t grow(struct fixture *f, size_t at, struct state *s, size_t tip, size_t n)
{
	struct state before = *s;

	for (; n; n--) {
		const struct state last = *s;
		size_t other = 0;

		change(f, s, &before);
		if (below(f, 3) == 0)
			before = last;
		if (f->cases[at].merges && below(f, 2)) {
			other = commit(f, at, s, tip, 0);
			change(f, s, &before);
			other = commit(f, at, s, other, 0);
		}
		tip = commit(f, at, s, tip, other);
	}
	return tip;
}

static void make_case(struct fixture *f, size_t at)
{
	struct history *history = &f->cases[at];
	struct state s = { 0 };

	for (size_t i = 0; i < PATHS; i++)
		if (below(f, 3))
			create(f, &s, i);
	history->merges = at % 5 == 4;
	history->good = commit(f, at, &s, 0, 0);
	history->running = grow(f, at, &s, history->good, 1 + below(f, 4));
	history->onto = grow(f, at, &s, history->running, below(f, 5));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	GATE_AUTO(gate_free) char *out = NULL;

	f->seed = 20241127;
	f->scratch = test_scratch();
	f->dir = test_repo(f->scratch, "random");
	for (size_t i = 0; i < CASES; i++)
		make_case(f, i);
	out = test_shell(NULL, f->dir, "git fast-import --quiet --export-marks=.git/marks",
	                 f->stream.ptr, f->stream.len);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	gate_buf_release(&f->stream);
	test_scratch_remove(f->scratch);
	free(f->dir);
	free(f);
	return 0;
}

static void read_marks(struct gate_oid *ids, const struct fixture *f)
{
	GATE_AUTO(gate_free) char *path = test_path(f->dir, ".git/marks");
	FILE *file = fopen(path, "re");
	char hex[64];
	size_t mark;

	assert_non_null(file);
	while (fscanf(file, ":%zu %63s\n", &mark, hex) == 2)
		assert_ok(gate_oid_parse(&ids[mark], hex, strlen(hex), err));
	fclose(file);
}

/* A line for each: how git ended, how many files differ then, and the paths that conflict. */
static char *ask_git(const struct fixture *f, const struct gate_oid *ids)
{
	static const char script[] =
		"export GIT_EDITOR=:\nexec 2>messages # of folders that submodules leave behind\n"
		"while read -r onto range merges; do\n"
		"  git read-tree --reset -u \"$onto\" && git update-ref --no-deref HEAD \"$onto\"\n"
		"  code=0\n"
		"  git revert --no-commit --strategy=recursive -X no-renames -X "
		"diff-algorithm=myers $merges \"$range\" "
		">out 2>&1 || code=$?\n"
		"  case $code in 0 | 1) ;; *) cat out >&2; exit 1 ;; esac\n"
		"  if grep -q CONFLICT out; then code=2; fi\n"
		"  rm out\n"
		"  echo $code $(git diff-index --cached --no-renames --name-only HEAD | wc -l) "
		"$(git ls-files -u | cut -f2 | sort -u)\n"
		"  git revert --quit\n"
		"  git clean -ffdxq\n"
		"done\n";
	GATE_AUTO(gate_buf_release) struct gate_buf input = { 0 };

	for (size_t i = 0; i < CASES; i++) {
		const struct history *history = &f->cases[i];
		char hex[3][GATE_OID_HEX];

		gate_buf_printf(&input, "%s %s..%s%s\n", gate_oid_hex(hex[0], &ids[history->onto]),
		                gate_oid_hex(hex[1], &ids[history->good]),
		                gate_oid_hex(hex[2], &ids[history->running]),
		                history->merges ? " -m 1 --first-parent" : "");
	}
	return test_shell(NULL, f->dir, script, input.ptr, input.len);
}

/* Where a file and a folder are in each other's way, git may name both. */
static bool has_conflict(const struct gate_revert *revert, const char *path)
{
	for (size_t i = 0; i < revert->n_conflicts; i++)
		if (!strcmp(revert->conflicts[i], path) || is_inside(revert->conflicts[i], path) ||
		    is_inside(path, revert->conflicts[i]))
			return true;
	return false;
}

/* "2 3 a d~HEAD": git stops at the first commit that conflicts, so there may be more here. */
static void compare(const struct gate_revert *revert, size_t at, const char *line)
{
	char *rest;
	const unsigned long code = strtoul(line, &rest, 10), n_files = strtoul(rest, &rest, 10);

	if (!revert->known)
		fail_msg("case %zu: %s", at, revert->why);
	if ((code != 0) != (revert->n_conflicts != 0))
		fail_msg("case %zu: git says '%s', here are %zu conflicts (%s)", at, line,
		         revert->n_conflicts, revert->n_conflicts ? revert->conflicts[0] : "");
	if (!code && n_files != revert->n_files)
		fail_msg("case %zu: %lu files differ for git, %zu here", at, n_files,
		         revert->n_files);
	for (char *word = strtok_r(NULL, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		word[strcspn(word, "~")] = '\0';
		if (!has_conflict(revert, word))
			fail_msg("case %zu: git says that '%s' conflicts", at, word);
	}
}

static void ends_as_git_revert_does(void **state)
{
	const struct fixture *f = *state;
	GATE_AUTO(gate_free) struct gate_oid *ids = calloc(f->n_marks + 1, sizeof(*ids));
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *git = NULL;
	char *line, *rest;
	size_t n = 0, clean = 0;

	read_marks(ids, f);
	git = ask_git(f, ids);
	assert_ok(gate_repo_open(&repo, f->dir, err));
	for (line = strtok_r(git, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const struct history *history = &f->cases[n];
		GATE_AUTO(gate_revert_release) struct gate_revert revert = { 0 };

		assert_ok(gate_revert_try(&revert, repo, &ids[history->good],
		                          &ids[history->running], &ids[history->onto], err));
		compare(&revert, n, line);
		clean += !revert.n_conflicts;
		n++;
	}
	assert_int_equal(n, CASES);
	/* Both happen often, else this shows nothing. */
	print_message("%zu of %d are clean\n", clean, CASES);
	assert_in_range(clean, CASES / 5, CASES - CASES / 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ends_as_git_revert_does, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
