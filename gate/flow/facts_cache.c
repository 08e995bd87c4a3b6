/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/facts.h"

#include "gate/base/file.h"
#include "gate/base/json.h"
#include "gate/version.h"

#include <fcntl.h>
#include <unistd.h>

#define FILE_NAME "facts"
#define MOST_BYTES ((size_t)1 << 20)

void gate_facts_release(struct gate_facts *facts)
{
	gate_arena_release(&facts->arena);
	free(facts->services);
	free(facts->found);
	free(facts->production);
	*facts = (struct gate_facts){ 0 };
}

static const char *keep_text(struct gate_facts *facts, const char *text)
{
	return gate_arena_copy(&facts->arena, text, strlen(text));
}

static char *cache_path(const char *common_dir, const char *name)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/doragate%s%s", common_dir, name ? "/" : "", name ? name : "");
	return gate_buf_take(&path);
}

static const char *text_of(const cJSON *json, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);

	return cJSON_IsString(value) ? value->valuestring : NULL;
}

static bool is_text(const cJSON *json, const char *name, const char *wanted)
{
	const char *text = text_of(json, name);

	return text && !strcmp(text, wanted);
}

static bool recall_names(const char ***out, size_t *n, struct gate_facts *facts, const cJSON *list)
{
	const cJSON *item;

	*out = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(**out));
	if (!*out || !cJSON_IsArray(list))
		return false;
	cJSON_ArrayForEach(item, list)
	{
		const char *name =
			cJSON_IsString(item) ? keep_text(facts, item->valuestring) : NULL;

		if (!name)
			return false;
		(*out)[(*n)++] = name;
	}
	return true;
}

/* The name of a clone without a home is in a file, which may go, and then gets another name. */
static bool names_clone(const char *repository, const char *common_dir)
{
	static const char urn[] = "urn:uuid:";
	GATE_AUTO(gate_free) char *path = cache_path(common_dir, "clone");
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, name = { 0 };
	struct gate_error why = { 0 };

	if (strncmp(repository, urn, sizeof(urn) - 1) != 0 || !path ||
	    gate_file_read(&text, path, MOST_BYTES, &why) < 0)
		return false;
	gate_buf_printf(&name, "%s\n", repository + sizeof(urn) - 1);
	return !gate_buf_failed(&name) && !strcmp(gate_buf_text(&text), name.ptr);
}

static bool is_sure(const char *repository, const char *common_dir)
{
	return strncmp(repository, "urn:", 4) != 0 || names_clone(repository, common_dir);
}

static bool recall(struct gate_facts *out, const cJSON *json, const struct gate_plain *plain)
{
	const char *repository = text_of(json, "repository");
	GATE_AUTO(gate_free) char *state_dir = cache_path(plain->common_dir, NULL);

	if (!repository || !state_dir || !is_text(json, "program", GATE_VERSION) ||
	    !is_sure(repository, plain->common_dir) || !is_text(json, "head", plain->head) ||
	    !is_text(json, "config", plain->config))
		return false;
	out->repository = keep_text(out, repository);
	out->state_dir = keep_text(out, state_dir);
	out->details = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "details"));
	memcpy(out->head, plain->head, sizeof(out->head));
	return out->repository && out->state_dir &&
	       recall_names(&out->services, &out->n_services, out,
	                    cJSON_GetObjectItemCaseSensitive(json, "services")) &&
	       recall_names(&out->found, &out->n_found, out,
	                    cJSON_GetObjectItemCaseSensitive(json, "found")) &&
	       recall_names(&out->production, &out->n_production, out,
	                    cJSON_GetObjectItemCaseSensitive(json, "production"));
}

bool gate_facts_recall(struct gate_facts *out, const struct gate_plain *plain)
{
	GATE_AUTO(gate_free) char *path = cache_path(plain->common_dir, FILE_NAME);
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 };
	struct gate_error why = { 0 };
	char digest[GATE_DIGEST_HEX];

	if (!path || gate_file_read(&text, path, MOST_BYTES, &why) < 0 ||
	    text.len <= GATE_DIGEST_HEX)
		return false;
	gate_digest_hex(digest, text.ptr + GATE_DIGEST_HEX, text.len - GATE_DIGEST_HEX);
	if (memcmp(digest, text.ptr, GATE_DIGEST_HEX - 1) != 0 ||
	    gate_json_parse(&json, FILE_NAME, text.ptr + GATE_DIGEST_HEX,
	                    text.len - GATE_DIGEST_HEX, &why) < 0 ||
	    !recall(&facts, json, plain))
		return false;
	*out = facts;
	facts = (struct gate_facts){ 0 };
	return true;
}

static void write_names(struct gate_json_writer *w, const char *key, const char *const *names,
                        size_t n)
{
	gate_json_begin_list(w, key);
	for (size_t i = 0; i < n; i++)
		gate_json_text(w, NULL, names[i]);
	gate_json_end_list(w);
}

/* Without waiting for the disk, and not by renaming: half of it is none, and a record waits for nothing but its own line. */
void gate_facts_keep(const struct gate_facts *facts, const struct gate_plain *plain)
{
	GATE_AUTO(gate_free) char *path = cache_path(plain->common_dir, FILE_NAME);
	GATE_AUTO(gate_free) char *state_dir = cache_path(plain->common_dir, NULL);
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 }, text = { 0 };
	struct gate_json_writer w = { .buf = &json };
	char digest[GATE_DIGEST_HEX];
	int fd;

	/* HEAD may have moved meanwhile; and what was found without libgit2 must be what it found. */
	if (!path || !state_dir || strcmp(facts->state_dir, state_dir) != 0 ||
	    strcmp(facts->head, plain->head) != 0 || !is_sure(facts->repository, plain->common_dir))
		return;
	gate_json_begin_map(&w, NULL);
	gate_json_text(&w, "program", GATE_VERSION);
	gate_json_text(&w, "head", plain->head);
	gate_json_text(&w, "config", plain->config);
	gate_json_text(&w, "repository", facts->repository);
	gate_json_bool(&w, "details", facts->details);
	write_names(&w, "services", facts->services, facts->n_services);
	write_names(&w, "found", facts->found, facts->n_found);
	write_names(&w, "production", facts->production, facts->n_production);
	gate_json_end_map(&w);
	gate_digest_hex(digest, gate_buf_text(&json), json.len);
	gate_buf_printf(&text, "%s\n%s", digest, gate_buf_text(&json));
	if (gate_buf_failed(&json) || gate_buf_failed(&text))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
	if (fd < 0)
		return;
	(void)!write(fd, text.ptr, text.len);
	close(fd);
}
