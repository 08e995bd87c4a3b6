/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining two trees of the log.
 *
 * Names of the first three levels are dates, below a day they are digits of the key; in between and at the end stand files of lines. One
 * function for each of the two kinds of level: `unite_dates` and `unite_lines`. Both take two entries, either of which may be absent, and the new
 * lines that belong there, and give one entry. What both have alike is taken by id and not read.
 */
#include "gate/log/tree.h"

#include "gate/base/limits.h"
#include "gate/git/tree.h"
#include "gate/git/write.h"
#include "gate/log/event.h"

#define LINES_OF_A_FILE 256
#define DEEPEST 8
#define DATE_LEVELS 3
#define FILE_MODE 0100644
#define TREE_MODE 0040000

/* An entry of a tree, or none. */
struct entry {
	uint16_t mode; /* 0: there is none */
	struct gate_oid id;
};

struct event_list {
	struct gate_event **items; /* own array; the events live in the arena of the job */
	size_t n, cap;
};

static void event_list_release(struct event_list *list)
{
	free(list->items);
}
GATE_DEFINE_AUTO_STRUCT(struct event_list, event_list_release)

struct job {
	const struct gate_repo *repo;
	struct gate_event_reader reader;
	struct gate_tree_items odd;       /* new entries of /odd */
	struct gate_tree_items forgotten; /* the entries of /forgotten of both trees */
	struct event_list strays;         /* lines met in a place that is not theirs */
	struct gate_error *err;
};

static void job_release(struct job *job)
{
	gate_event_reader_release(&job->reader);
	gate_tree_items_release(&job->odd);
	gate_tree_items_release(&job->forgotten);
	free(job->strays.items);
}
GATE_DEFINE_AUTO_STRUCT(struct job, job_release)

static bool same_entry(const struct entry *a, const struct entry *b)
{
	return a->mode == b->mode && gate_oid_equal(&a->id, &b->id);
}

static int add_event(struct job *job, struct event_list *list, struct gate_event *event)
{
	if (gate_grow(&list->items, &list->cap, list->n + 1, sizeof(struct gate_event *),
	              job->err) < 0)
		return GATE_ENOMEM;
	list->items[list->n++] = event;
	return GATE_OK;
}

static int add_item(struct job *job, struct gate_tree_items *items, const char *name,
                    const struct entry *entry)
{
	char *copy = gate_arena_copy(&items->arena, name, strlen(name));

	if (!copy || gate_grow(&items->items, &items->cap, items->n + 1, sizeof(*items->items),
	                       job->err) < 0)
		return gate_fail_memory(job->err);
	items->items[items->n++] = (struct gate_tree_item){ copy, entry->mode, entry->id };
	return GATE_OK;
}

static struct entry find_item(const struct gate_tree_items *items, const char *name)
{
	for (size_t i = 0; i < items->n; i++)
		if (!strcmp(items->items[i].name, name))
			return (struct entry){ items->items[i].mode, items->items[i].id };
	return (struct entry){ 0 };
}

static int write_items(struct job *job, struct entry *out, const struct gate_tree_items *items)
{
	struct entry entry = { .mode = TREE_MODE };
	int code;

	*out = (struct entry){ 0 };
	if (!items->n)
		return GATE_OK;
	code = gate_tree_write(&entry.id, job->repo, items->items, items->n, job->err);
	if (code == GATE_OK)
		*out = entry;
	return code;
}

/* An odd line goes below /odd, by the digest of its bytes. */
static int keep_odd(struct job *job, const char *bytes, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct entry entry = { .mode = FILE_MODE };
	char name[GATE_DIGEST_HEX];
	int code;

	gate_digest_hex(name, bytes, len);
	gate_buf_add(&text, bytes, len);
	gate_buf_putc(&text, '\n');
	if (gate_buf_failed(&text))
		return gate_fail_memory(job->err);
	if (find_item(&job->odd, name).mode)
		return GATE_OK;
	code = gate_blob_write(&entry.id, job->repo, text.ptr, text.len, job->err);
	return code < 0 ? code : add_item(job, &job->odd, name, &entry);
}

static bool is_forgotten(const struct job *job, const struct gate_event *event)
{
	return job->forgotten.n && find_item(&job->forgotten, event->key).mode;
}

/* Takes a line in: to `list`, to /odd, or nowhere. Its bytes must outlive the job. */
static int take_line(struct job *job, struct event_list *list, const char *bytes, size_t len)
{
	struct gate_error why = { 0 };
	struct gate_event *event;
	int code;

	if (!len)
		return GATE_OK;
	event = gate_arena_alloc(&job->reader.arena, sizeof(*event));
	if (!event)
		return gate_fail_memory(job->err);
	code = gate_event_read(event, &job->reader, bytes, len, false, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(job->err);
	if (code < 0)
		return keep_odd(job, bytes, len);
	return is_forgotten(job, event) ? GATE_OK : add_event(job, list, event);
}

/* The lines of a file. */
static int load_file(struct job *job, struct event_list *list, const struct entry *entry)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	const char *at, *end;
	int code = gate_blob_read(&blob, job->repo, &entry->id, GATE_MAX_LOG_BLOB, job->err);

	if (code < 0)
		return code;
	at = gate_arena_copy(&job->reader.arena, blob.bytes, blob.len);
	if (!at)
		return gate_fail_memory(job->err);
	for (end = at + blob.len; code == GATE_OK && at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		code = take_line(job, list, at, len);
		at += len + 1;
	}
	return code;
}

/* The three parts of a day: "2026", "01", "31". */
static void date_name(char name[8], const struct gate_event *event, unsigned level)
{
	struct gate_civil day = gate_civil_from_seconds(event->time.seconds);

	if (level == 0)
		snprintf(name, 8, "%04d", day.year % 10000);
	else
		snprintf(name, 8, "%02d", (level == 1 ? day.month : day.day) % 100);
}

/* Where lines stand: the day, and behind it the digits. "2026/01/31/a/" is path "20260131a". */
struct place {
	char path[8 + DEEPEST + 1];
};

static bool belongs(const struct gate_event *event, const struct place *place)
{
	struct gate_civil day = gate_civil_from_seconds(event->time.seconds);
	char path[40];

	snprintf(path, sizeof(path), "%04d%02d%02d%.8s", day.year, day.month, day.day, event->key);
	return !strncmp(path, place->path, strlen(place->path));
}

static struct place below(const struct place *place, const char *name)
{
	struct place out;

	snprintf(out.path, sizeof(out.path), "%.8s%.8s", place->path,
	         strlen(place->path) > 8 ? place->path + 8 : "");
	snprintf(out.path + strlen(out.path), sizeof(out.path) - strlen(out.path), "%s", name);
	return out;
}

/* What stands in a wrong place is put into its own by a second round. */
static int drop_strays(struct job *job, struct event_list *list, const struct place *place)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (belongs(list->items[i], place))
			list->items[kept++] = list->items[i];
		else if (add_event(job, &job->strays, list->items[i]) < 0)
			return GATE_ENOMEM;
	}
	list->n = kept;
	return GATE_OK;
}

static int write_file(struct job *job, struct entry *out, struct gate_event **events, size_t n)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int code;

	*out = (struct entry){ 0 };
	for (size_t i = 0; i < n; i++) {
		gate_buf_add(&text, events[i]->line.ptr, events[i]->line.len);
		gate_buf_putc(&text, '\n');
	}
	if (gate_buf_failed(&text))
		return gate_fail_memory(job->err);
	if (!n)
		return GATE_OK;
	out->mode = FILE_MODE;
	code = gate_blob_write(&out->id, job->repo, text.ptr, text.len, job->err);
	if (code < 0)
		out->mode = 0;
	return code;
}

static int by_key(const void *a, const void *b)
{
	return strcmp((*(struct gate_event *const *)a)->key, (*(struct gate_event *const *)b)->key);
}

/* A day, or a part of one, from all of its lines; `depth` digits of their keys are the same. */
static int build_lines(struct job *job, struct entry *out, struct gate_event **events, size_t n,
                       unsigned depth)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items items = { 0 };
	int code = gate_events_unite(events, &n, job->err);

	if (code < 0)
		return code;
	if (n <= LINES_OF_A_FILE || depth == DEEPEST)
		return write_file(job, out, events, n);
	qsort(events, n, sizeof(struct gate_event *), by_key);
	for (size_t first = 0, end; code == GATE_OK && first < n; first = end) {
		const char name[] = { events[first]->key[depth], '\0' };
		struct entry entry;

		for (end = first + 1; end < n && events[end]->key[depth] == name[0];)
			end++;
		code = build_lines(job, &entry, events + first, end - first, depth + 1);
		if (code == GATE_OK && entry.mode)
			code = add_item(job, &items, name, &entry);
	}
	return code < 0 ? code : write_items(job, out, &items);
}

static int unite_lines(struct job *job, struct entry *out, const struct entry *a,
                       const struct entry *b, struct event_list *lines, unsigned depth,
                       const struct place *place);

static int list_entry(struct job *job, struct gate_tree_items *items, const struct entry *entry)
{
	return entry->mode == TREE_MODE ? gate_tree_items(items, job->repo, &entry->id, job->err)
	                                : GATE_OK;
}

/* At least one of them is a folder of digits; the lines of the other one, if it is a file, are in `lines` already. */
static int unite_digits(struct job *job, struct entry *out, const struct entry *a,
                        const struct entry *b, struct event_list *lines, unsigned depth,
                        const struct place *place)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items left = { 0 }, right = { 0 };
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items items = { 0 };
	int code = list_entry(job, &left, a);

	if (code == GATE_OK)
		code = list_entry(job, &right, b);
	for (const char *digit = "0123456789abcdef"; code == GATE_OK && *digit; digit++) {
		GATE_AUTO(event_list_release) struct event_list part = { 0 };
		const char name[] = { *digit, '\0' };
		const struct entry x = find_item(&left, name), y = find_item(&right, name);
		const struct place inside = below(place, name);
		struct entry entry;

		for (size_t i = 0; code == GATE_OK && i < lines->n; i++)
			if (lines->items[i]->key[depth] == *digit)
				code = add_event(job, &part, lines->items[i]);
		if (code == GATE_OK)
			code = unite_lines(job, &entry, &x, &y, &part, depth + 1, &inside);
		if (code == GATE_OK && entry.mode)
			code = add_item(job, &items, name, &entry);
	}
	return code < 0 ? code : write_items(job, out, &items);
}

static int unite_lines(struct job *job, struct entry *out, const struct entry *a,
                       const struct entry *b, struct event_list *lines, unsigned depth,
                       const struct place *place)
{
	int code = GATE_OK;

	*out = a->mode ? *a : *b;
	if (!lines->n && (!a->mode || !b->mode || same_entry(a, b)))
		return GATE_OK;
	if (a->mode == FILE_MODE)
		code = load_file(job, lines, a);
	if (code == GATE_OK && b->mode == FILE_MODE && !same_entry(a, b))
		code = load_file(job, lines, b);
	if (code == GATE_OK)
		code = drop_strays(job, lines, place);
	if (code < 0)
		return code;
	if ((a->mode == TREE_MODE || b->mode == TREE_MODE) && depth < DEEPEST)
		return unite_digits(job, out, a, b, lines, depth, place);
	return build_lines(job, out, lines->items, lines->n, depth);
}

/* What is neither a file of lines nor a folder of them is kept as it is, and lines that would belong there are odd. */
static bool is_opaque(struct job *job, const struct entry *entry)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };

	if (!entry->mode || entry->mode == TREE_MODE)
		return false;
	if (entry->mode != FILE_MODE)
		return true;
	/* No byte of it is wanted, only how many there are. */
	return gate_blob_read(&blob, job->repo, &entry->id, 0, NULL) == GATE_ELIMIT &&
	       blob.len > GATE_MAX_LOG_BLOB;
}

/* Two that nobody here can read: the same one on every clone. */
static struct entry choose(const struct entry *a, const struct entry *b)
{
	if (!a->mode || !b->mode)
		return a->mode ? *a : *b;
	return memcmp(&a->id, &b->id, sizeof(a->id)) <= 0 ? *a : *b;
}

static int keep_opaque(struct job *job, struct entry *out, const struct entry *a,
                       const struct entry *b, const struct event_list *lines)
{
	int code = GATE_OK;

	*out = !is_opaque(job, a) ? *b : !is_opaque(job, b) ? *a : choose(a, b);
	for (size_t i = 0; code == GATE_OK && i < lines->n; i++)
		code = keep_odd(job, lines->items[i]->line.ptr, lines->items[i]->line.len);
	return code;
}

static int unite_dates(struct job *job, struct entry *out, const struct entry *a,
                       const struct entry *b, struct event_list *lines, unsigned level,
                       const struct place *place);

/* One name of a level of dates, with the new lines that belong below it. */
static int unite_date(struct job *job, struct gate_tree_items *items, const char *name,
                      const struct gate_tree_items *left, const struct gate_tree_items *right,
                      struct event_list *part, unsigned level, const struct place *place)
{
	const struct entry a = find_item(left, name), b = find_item(right, name);
	const struct place inside = below(place, name);
	struct entry entry;
	int code;

	if (!part->n && (!a.mode || !b.mode || same_entry(&a, &b)))
		entry = a.mode ? a : b, code = GATE_OK;
	else if (is_opaque(job, &a) || is_opaque(job, &b))
		code = keep_opaque(job, &entry, &a, &b, part);
	else if (level + 1 == DATE_LEVELS)
		code = unite_lines(job, &entry, &a, &b, part, 0, &inside);
	else if (a.mode == FILE_MODE || b.mode == FILE_MODE)
		code = keep_opaque(job, &entry, &a, &b, part);
	else
		code = unite_dates(job, &entry, &a, &b, part, level + 1, &inside);
	return code == GATE_OK && entry.mode ? add_item(job, items, name, &entry) : code;
}

static bool is_date(const char *name, unsigned level)
{
	size_t len = level == 0 ? 4 : 2;

	return strlen(name) == len && strspn(name, "0123456789") == len;
}

/* Each name of `from` that is not done yet. What is no date is kept; the root has its own names. */
static int unite_names(struct job *job, struct gate_tree_items *items,
                       const struct gate_tree_items *from, const struct gate_tree_items *left,
                       const struct gate_tree_items *right, unsigned level,
                       const struct place *place)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < from->n; i++) {
		const char *name = from->items[i].name;
		struct event_list none = { 0 };

		if (find_item(items, name).mode)
			continue;
		if (is_date(name, level)) {
			code = unite_date(job, items, name, left, right, &none, level, place);
			free(none.items);
		} else if (level > 0) {
			const struct entry a = find_item(left, name), b = find_item(right, name);
			const struct entry kept = choose(&a, &b);

			code = add_item(job, items, name, &kept);
		}
	}
	return code;
}

/* The entries of a level of dates, from two lists and the new lines, which are in the order of time. */
static int unite_level(struct job *job, struct gate_tree_items *items,
                       const struct gate_tree_items *left, const struct gate_tree_items *right,
                       struct event_list *lines, unsigned level, const struct place *place)
{
	int code = GATE_OK;

	for (size_t first = 0, end; code == GATE_OK && first < lines->n; first = end) {
		GATE_AUTO(event_list_release) struct event_list part = { 0 };
		char name[8], other[8];

		date_name(name, lines->items[first], level);
		for (end = first; code == GATE_OK && end < lines->n; end++) {
			date_name(other, lines->items[end], level);
			if (strcmp(name, other) != 0)
				break;
			code = add_event(job, &part, lines->items[end]);
		}
		if (code == GATE_OK)
			code = unite_date(job, items, name, left, right, &part, level, place);
	}
	if (code == GATE_OK)
		code = unite_names(job, items, left, left, right, level, place);
	if (code == GATE_OK)
		code = unite_names(job, items, right, left, right, level, place);
	return code;
}

static int unite_dates(struct job *job, struct entry *out, const struct entry *a,
                       const struct entry *b, struct event_list *lines, unsigned level,
                       const struct place *place)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items left = { 0 }, right = { 0 };
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items items = { 0 };
	int code = list_entry(job, &left, a);

	if (code == GATE_OK)
		code = list_entry(job, &right, b);
	if (code == GATE_OK)
		code = unite_level(job, &items, &left, &right, lines, level, place);
	return code < 0 ? code : write_items(job, out, &items);
}

/* "doragate-log 1", and perhaps a minor version behind a point. */
static int check_format(struct job *job, const struct gate_tree_items *root)
{
	static const char ours[] = GATE_LOG_FORMAT;
	const struct entry entry = find_item(root, "format");
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	size_t len;
	int code;

	if (!root->n)
		return GATE_OK;
	if (entry.mode != FILE_MODE)
		return gate_fail(job->err, GATE_ECONFIG,
		                 "this is no log: its tree has no file 'format'");
	code = gate_blob_read(&blob, job->repo, &entry.id, 4096, job->err);
	if (code < 0)
		return code;
	len = strcspn(blob.bytes, "\n");
	if (!strncmp(blob.bytes, ours, sizeof(ours) - 1) &&
	    strchr(".\n", blob.bytes[sizeof(ours) - 1]))
		return GATE_OK;
	return gate_fail(job->err, GATE_ECONFIG,
	                 "the log has the format '%.*s' and this program writes '%s': it can only "
	                 "be read here",
	                 (int)(len < 60 ? len : 60), blob.bytes, ours);
}

/* Joins two flat folders of the root, "odd" and "forgotten", whose names say what is in them. */
static int unite_flat(struct job *job, struct gate_tree_items *out, const struct entry *a,
                      const struct entry *b)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items left = { 0 }, right = { 0 };
	int code = list_entry(job, &left, a);

	if (code == GATE_OK && !same_entry(a, b))
		code = list_entry(job, &right, b);
	for (size_t i = 0; code == GATE_OK && i < left.n; i++) {
		const struct entry x = { left.items[i].mode, left.items[i].id };
		const struct entry y = find_item(&right, left.items[i].name);
		const struct entry kept = choose(&x, &y);

		if (!find_item(out, left.items[i].name).mode)
			code = add_item(job, out, left.items[i].name, &kept);
	}
	for (size_t i = 0; code == GATE_OK && i < right.n; i++) {
		const struct entry y = { right.items[i].mode, right.items[i].id };

		if (!find_item(&left, right.items[i].name).mode &&
		    !find_item(out, right.items[i].name).mode)
			code = add_item(job, out, right.items[i].name, &y);
	}
	return code;
}

static int add_folder(struct job *job, struct gate_tree_items *root, const char *name,
                      const struct gate_tree_items *items)
{
	struct entry entry;
	int code = write_items(job, &entry, items);

	return code == GATE_OK && entry.mode ? add_item(job, root, name, &entry) : code;
}

/* Entries of the root that this version does not know. */
static int keep_unknown(struct job *job, struct gate_tree_items *out,
                        const struct gate_tree_items *from, const struct gate_tree_items *left,
                        const struct gate_tree_items *right)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < from->n; i++) {
		const char *name = from->items[i].name;
		const struct entry a = find_item(left, name), b = find_item(right, name);
		const struct entry kept = choose(&a, &b);

		if (strcmp(name, "format") != 0 && strcmp(name, "odd") != 0 &&
		    strcmp(name, "forgotten") != 0 && !find_item(out, name).mode)
			code = add_item(job, out, name, &kept);
	}
	return code;
}

static int add_format(struct job *job, struct gate_tree_items *out,
                      const struct gate_tree_items *left, const struct gate_tree_items *right)
{
	struct entry a = find_item(left, "format"), b = find_item(right, "format");
	struct entry kept = choose(&a, &b);
	int code = GATE_OK;

	if (!kept.mode) {
		kept.mode = FILE_MODE;
		code = gate_blob_write(&kept.id, job->repo, GATE_LOG_FORMAT "\n",
		                       sizeof(GATE_LOG_FORMAT), job->err);
	}
	return code < 0 ? code : add_item(job, out, "format", &kept);
}

static int by_time(const void *a, const void *b)
{
	return gate_event_compare_place(*(struct gate_event *const *)a,
	                                *(struct gate_event *const *)b);
}

/* The root of the new tree, from the roots of both and the new lines. */
static int unite_roots(struct job *job, struct gate_oid *out, const struct gate_tree_items *left,
                       const struct gate_tree_items *right, struct event_list *lines)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items root = { 0 };
	const struct entry odd_a = find_item(left, "odd"), odd_b = find_item(right, "odd");
	const struct place top = { "" };
	int code = add_format(job, &root, left, right);

	if (lines->n)
		qsort(lines->items, lines->n, sizeof(struct gate_event *), by_time);
	if (code == GATE_OK)
		code = unite_level(job, &root, left, right, lines, 0, &top);
	if (code == GATE_OK)
		code = unite_flat(job, &job->odd, &odd_a, &odd_b);
	if (code == GATE_OK)
		code = add_folder(job, &root, "odd", &job->odd);
	if (code == GATE_OK)
		code = add_folder(job, &root, "forgotten", &job->forgotten);
	if (code == GATE_OK)
		code = keep_unknown(job, &root, left, left, right);
	if (code == GATE_OK)
		code = keep_unknown(job, &root, right, left, right);
	return code < 0 ? code : gate_tree_write(out, job->repo, root.items, root.n, job->err);
}

struct collected {
	struct job *job;
	struct event_list *list;
};

static int collect_line(const struct gate_log_line *line, void *payload)
{
	struct collected *to = payload;
	char *copy = gate_arena_copy(&to->job->reader.arena, line->bytes, line->len);

	if (!copy)
		return gate_fail_memory(to->job->err);
	return take_line(to->job, to->list, copy, line->len);
}

/* Leaves of a root only what is not made of lines, so that what is joined with it is built anew. */
static void drop_dates(struct gate_tree_items *root)
{
	size_t kept = 0;

	for (size_t i = 0; i < root->n; i++)
		if (!is_date(root->items[i].name, 0))
			root->items[kept++] = root->items[i];
	root->n = kept;
}

/*
 * One side forgot what the other side still has, perhaps in files that both would be taken by id: every line is looked at. Rare, and right.
 */
static int unite_anew(struct job *job, struct gate_oid *out, const struct gate_oid *trees[2],
                      struct gate_tree_items roots[2], struct event_list *lines)
{
	struct collected to = { job, lines };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < 2; i++) {
		if (trees[i])
			code = gate_log_tree_read(job->repo, trees[i], NULL, collect_line, NULL,
			                          &to, job->err);
		drop_dates(&roots[i]);
	}
	return code < 0 ? code : unite_roots(job, out, &roots[0], &roots[1], lines);
}

static int unite_trees(struct job *job, struct gate_oid *out, const struct gate_oid *trees[2],
                       const struct gate_log_line lines[], size_t n)
{
	GATE_AUTO(event_list_release) struct event_list list = { 0 };
	struct gate_tree_items roots[2] = { { 0 }, { 0 } };
	struct entry forgotten[2];
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < 2; i++) {
		if (trees[i])
			code = gate_tree_items(&roots[i], job->repo, trees[i], job->err);
		if (code == GATE_OK)
			code = check_format(job, &roots[i]);
		forgotten[i] = find_item(&roots[i], "forgotten");
	}
	if (code == GATE_OK)
		code = unite_flat(job, &job->forgotten, &forgotten[0], &forgotten[1]);
	for (size_t i = 0; code == GATE_OK && i < n; i++)
		code = take_line(job, &list, lines[i].bytes, lines[i].len);
	if (code == GATE_OK && trees[0] && trees[1] && !same_entry(&forgotten[0], &forgotten[1]))
		code = unite_anew(job, out, trees, roots, &list);
	else if (code == GATE_OK)
		code = unite_roots(job, out, &roots[0], &roots[1], &list);
	gate_tree_items_release(&roots[0]);
	gate_tree_items_release(&roots[1]);
	return code;
}

int gate_log_tree_unite(struct gate_oid *out, const struct gate_repo *repo,
                        const struct gate_oid *a, const struct gate_oid *b,
                        const struct gate_log_line lines[], size_t n, struct gate_error *err)
{
	GATE_AUTO(job_release) struct job job = { .repo = repo, .err = err };
	const struct gate_oid *trees[2] = { a, b };
	struct gate_oid first, tree;
	int code;

	if (a && b && !n && gate_oid_equal(a, b)) {
		*out = *a;
		return GATE_OK;
	}
	code = unite_trees(&job, &tree, trees, lines, n);
	if (code == GATE_OK && job.strays.n) {
		/* The lines live in the first job's arena, which outlives the second. */
		GATE_AUTO(job_release) struct job again = { .repo = repo, .err = err };
		GATE_AUTO(gate_free)
		struct gate_log_line *strays = calloc(job.strays.n, sizeof(*strays));

		if (!strays)
			return gate_fail_memory(err);
		for (size_t i = 0; i < job.strays.n; i++)
			strays[i] = (struct gate_log_line){ job.strays.items[i]->line.ptr,
				                            job.strays.items[i]->line.len };
		first = tree;
		trees[0] = &first;
		trees[1] = NULL;
		code = unite_trees(&again, &tree, trees, strays, job.strays.n);
	}
	if (code == GATE_OK)
		*out = tree;
	return code;
}

int gate_log_tree_forget(struct gate_oid *out, const struct gate_repo *repo,
                         const struct gate_oid *tree, const char *key, const char *text,
                         struct gate_error *err)
{
	struct gate_tree_item item = { .name = key, .mode = FILE_MODE }, format, root[2];
	struct gate_oid other;
	int code = gate_blob_write(&item.id, repo, text, strlen(text), err);

	if (code == GATE_OK)
		code = gate_tree_write(&root[0].id, repo, &item, 1, err);
	if (code == GATE_OK)
		code = gate_blob_write(&format.id, repo, GATE_LOG_FORMAT "\n",
		                       sizeof(GATE_LOG_FORMAT), err);
	root[0].name = "forgotten";
	root[0].mode = TREE_MODE;
	root[1] = (struct gate_tree_item){ "format", FILE_MODE, format.id };
	/* A log that knows nothing but what to forget: joining it does the rest. */
	if (code == GATE_OK)
		code = gate_tree_write(&other, repo, root, 2, err);
	return code < 0 ? code : gate_log_tree_unite(out, repo, tree, &other, NULL, 0, err);
}
