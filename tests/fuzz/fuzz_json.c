/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted cJSON builds, prints and reads again as the same; any bytes can be written, and what is written read. */
#include "gate/base/escape.h"
#include "gate/base/json.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reader(const char *bytes, size_t len)
{
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	GATE_AUTO(gate_json_free) cJSON *again = NULL;
	struct gate_error err = { 0 };
	int code = gate_json_parse(&json, "fuzz.json", bytes, len, &err);
	char *printed;

	if (code != GATE_OK) {
		/* Out of memory would mean that cJSON refuses what we took. */
		assert(code == GATE_ECONFIG && err.code == code && !json);
		assert(err.message[0] && strcmp(err.file, "fuzz.json") == 0);
		assert(err.line >= 1 && err.line <= len + 1);
		assert(err.column >= 1 && err.column <= len + 1);
		return;
	}
	printed = cJSON_PrintUnformatted(json);
	assert(printed);
	code = gate_json_parse(&again, "again.json", printed, strlen(printed), &err);
	assert(code == GATE_OK);
	assert(cJSON_Compare(json, again, 1));
	cJSON_free(printed);
}

static bool is_text(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = gate_utf8_next(bytes + i, len - i, NULL);

		if (!n || !bytes[i])
			return false;
		i += n;
	}
	return true;
}

static void check_writer(const char *bytes, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	struct gate_json_writer w = { .buf = &buf };
	struct gate_error err = { 0 };
	int code;

	gate_json_bytes(&w, NULL, bytes, len);
	code = gate_json_parse(&json, "fuzz.json", buf.ptr, buf.len, &err);
	if (memchr(bytes, '\0', len)) {
		assert(code == GATE_ECONFIG && strcmp(err.message, "text holds a NUL") == 0);
		return;
	}
	assert(code == GATE_OK && cJSON_IsString(json));
	if (is_text(bytes, len)) {
		assert(strlen(json->valuestring) == len);
		assert(memcmp(json->valuestring, bytes, len) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_reader((const char *)data, size);
	if (size)
		check_writer((const char *)data, size);
	return 0;
}
