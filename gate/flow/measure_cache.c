/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/measure_cache.h"

#include "gate/base/file.h"
#include "gate/version.h"

#define FILE_NAME "metrics"
#define MOST_BYTES ((size_t)512 << 20)
#define KEY_LEN (GATE_DIGEST_HEX - 1)

static char *cache_path(const struct gate_measurement *all)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/" FILE_NAME, all->log.state_dir);
	return gate_buf_take(&path);
}

int gate_measure_key(struct gate_buf *out, const struct gate_measurement *all,
                     struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 }, text = { 0 };
	struct gate_error why = { 0 };
	char trunk[GATE_OID_HEX], digest[GATE_DIGEST_HEX];
	int code;

	gate_buf_printf(&path, "%s/shallow", gate_repo_common_dir(all->input.repo));
	gate_buf_printf(&text, "%s\n%s\n%s\n", GATE_VERSION, all->config->digest,
	                all->input.has_trunk ? gate_oid_hex(trunk, &all->input.trunk) : "");
	for (size_t i = 0; all->found && i < all->found->n; i++)
		gate_buf_printf(&text, "%s\n%s\n", all->found->items[i].name,
		                all->found->items[i].folder);
	if (gate_buf_failed(&path) || gate_buf_failed(&text))
		return gate_fail_memory(err);
	code = gate_file_read(&text, path.ptr, MOST_BYTES, &why);
	if (code < 0 && code != GATE_ENOTFOUND) {
		if (err)
			*err = why;
		return code;
	}
	gate_digest_hex(digest, text.ptr, text.len);
	gate_buf_puts(out, digest);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

/* "<SHA-256 of what follows the newline>\n<key>\n<memo>" */
void gate_measure_recall(struct gate_measurement *all, const struct gate_buf *key)
{
	GATE_AUTO(gate_free) char *path = cache_path(all);
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	const size_t head = GATE_DIGEST_HEX, body = head + KEY_LEN + 1;
	struct gate_error why = { 0 };
	char digest[GATE_DIGEST_HEX];

	if (!path || gate_file_read(&text, path, MOST_BYTES, &why) < 0 || text.len < body ||
	    memcmp(text.ptr + head, key->ptr, KEY_LEN) != 0)
		return;
	gate_digest_hex(digest, text.ptr + head, text.len - head);
	if (!memcmp(digest, text.ptr, KEY_LEN))
		gate_memo_load(all->memo, text.ptr + body, text.len - body, all->input.n_services);
}

void gate_measure_keep(const struct gate_measurement *all, const struct gate_buf *key)
{
	GATE_AUTO(gate_free) char *path = cache_path(all);
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, out = { 0 };
	struct gate_error why = { 0 };
	char digest[GATE_DIGEST_HEX];

	if (!path || !all->memo->changed)
		return;
	gate_buf_printf(&text, "%s\n", key->ptr);
	gate_memo_save(&text, all->memo, all->input.n_services);
	if (gate_buf_failed(&text) || text.len > MOST_BYTES - GATE_DIGEST_HEX)
		return;
	gate_digest_hex(digest, text.ptr, text.len);
	gate_buf_printf(&out, "%s\n", digest);
	gate_buf_add(&out, text.ptr, text.len);
	if (!gate_buf_failed(&out) && gate_mkdirs(all->log.state_dir, 0777, &why) == GATE_OK)
		gate_file_write(path, out.ptr, out.len, 0666, &why);
}
