/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/init.h"

#include "gate/base/file.h"
#include "gate/config/config.h"
#include "gate/config/preset.h"
#include "gate/git/refs.h"
#include "gate/read/services.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STARTER "policies/starter.yml"
#define MODE_LINE "mode: shadow"
#define PRESET_LINE "extends: [doragate/baseline]"
#define RULES_LINE "\nrules:\n"
#define SERVICES_LINE "# services:"
#define SERVICE_LINE "#   checkout:"

/* The line that starts with `from`, with `to` in its place. */
static void replace_line(struct gate_buf *text, const char *from, const char *to)
{
	char *at = strstr(text->ptr, from);
	struct gate_buf changed = { 0 };
	const char *end;

	if (!at)
		return;
	end = at + strcspn(at, "\n");
	gate_buf_add(&changed, text->ptr, (size_t)(at - text->ptr));
	gate_buf_puts(&changed, to);
	gate_buf_puts(&changed, end);
	gate_buf_release(text);
	*text = changed;
}

/* These presets ask for tests themselves, so the example of the starter would ask twice: it becomes a comment. */
static void comment_example(struct gate_buf *text, const char *preset)
{
	static const char *const presets[] = { "tests", "ecommerce" };
	const char *rules = strstr(text->ptr, RULES_LINE);
	struct gate_buf changed = { 0 };
	bool asks = false;

	for (size_t i = 0; i < GATE_COUNT(presets); i++)
		asks |= !strcmp(preset, presets[i]);
	if (!asks || !rules)
		return;
	gate_buf_add(&changed, text->ptr, (size_t)(rules - text->ptr));
	gate_buf_puts(&changed, "\nrules: []\n");
	for (const char *line = rules + strlen(RULES_LINE); *line;) {
		const size_t len = strcspn(line, "\n");

		gate_buf_printf(&changed, "# %.*s\n", (int)len, line);
		line += len + (line[len] != '\0');
	}
	gate_buf_release(text);
	*text = changed;
}

/* Bytes that mean nothing in YAML and in a pattern: what else a folder may be called is left to its owner. */
static bool is_plain(const char *text)
{
	return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	                         "._-/")] == '\0';
}

static int find_services(struct gate_found_services **out, const struct gate_repo *repo,
                         struct gate_error *err)
{
	struct gate_snapshot head;
	struct gate_oid id;
	int code = gate_ref_lookup(&id, repo, "HEAD", err);

	if (code == GATE_OK)
		code = gate_snapshot_of_commit(&head, repo, &id, err);
	return code < 0 ? code : gate_services_find(out, &head, err);
}

/* The services that the files of HEAD show, in place of the example; without any the example stays. *n: how many. */
static int name_services(struct gate_buf *text, size_t *n, const struct gate_repo *repo,
                         struct gate_error *err)
{
	GATE_AUTO(gate_found_services_free) struct gate_found_services *found = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf services = { 0 };
	struct gate_error why = { 0 };

	*n = 0;
	if (find_services(&found, repo, &why) < 0)
		return why.code == GATE_ENOMEM ? gate_fail_memory(err) : GATE_OK;
	for (size_t i = 0; i < found->n; i++) {
		if (!is_plain(found->items[i].folder))
			continue;
		gate_buf_printf(&services, "%s  %s: { paths: [/%s] }", *n ? "\n" : "",
		                found->items[i].name, found->items[i].folder);
		++*n;
	}
	if (gate_buf_failed(&services))
		return gate_fail_memory(err);
	if (*n) {
		replace_line(text, SERVICES_LINE, "services:");
		replace_line(text, SERVICE_LINE, services.ptr);
	}
	return GATE_OK;
}

static int check_preset(const char *preset, struct gate_error *err)
{
	char near[GATE_PRESET_NAME];

	if (gate_preset_find(preset))
		return GATE_OK;
	if (gate_preset_nearest(near, preset))
		return gate_fail(err, GATE_EUSAGE, "there is no preset '%s', did you mean '%s'?",
		                 preset, near);
	return gate_fail(err, GATE_EUSAGE, "there is no preset '%s'", preset);
}

/* Never over a file that is there, not even one that appears at this moment. */
static int create(const char *path, const struct gate_buf *text, struct gate_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int code;

	if (fd < 0 && errno == EEXIST)
		return gate_fail(err, GATE_EUSAGE,
		                 GATE_CONFIG_FILE " is there already; remove it to start again");
	if (fd < 0)
		return gate_fail_errno(err, "cannot write '%s'", path);
	code = gate_fd_write(fd, path, text->ptr, text->len, err);
	if (close(fd) < 0 && code == GATE_OK)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	if (code < 0)
		unlink(path);
	return code;
}

int gate_init(const struct gate_repo *repo, const char *preset, bool enforce, struct gate_buf *said,
              struct gate_error *err)
{
	const struct gate_embedded *starter = gate_embed_find(STARTER);
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf extends = { 0 };
	size_t n_services;
	int code = check_preset(preset, err);

	if (code < 0)
		return code;
	if (!gate_repo_work_dir(repo))
		return gate_fail(err, GATE_EUSAGE,
		                 "a bare repository has no place for a " GATE_CONFIG_FILE);
	gate_buf_add(&text, starter->bytes, starter->len);
	gate_buf_printf(&path, "%s/" GATE_CONFIG_FILE, gate_repo_work_dir(repo));
	gate_buf_printf(&extends, "extends: [doragate/%s]", preset);
	if (gate_buf_failed(&text) || gate_buf_failed(&path) || gate_buf_failed(&extends))
		return gate_fail_memory(err);
	replace_line(&text, PRESET_LINE, extends.ptr);
	comment_example(&text, preset);
	if (enforce)
		replace_line(&text, MODE_LINE, "mode: enforce");
	code = name_services(&text, &n_services, repo, err);
	if (code < 0)
		return code;
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	code = create(path.ptr, &text, err);
	if (code < 0)
		return code;
	gate_buf_printf(said, "wrote %s: preset %s, mode %s\n", path.ptr, preset,
	                enforce ? "enforce" : "shadow");
	if (n_services)
		gate_buf_printf(
			said,
			"services: %zu found; say there which are tests, and what is critical\n",
			n_services);
	/* A .gitignore that leaves out every file with a dot is not rare. */
	gate_buf_printf(said,
	                "next: git add %s" GATE_CONFIG_FILE
	                " && git commit -m 'Add a gate', then: doragate install\n",
	                gate_repo_ignores(repo, GATE_CONFIG_FILE) ? "-f " : "");
	return GATE_OK;
}
