/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cJSON takes more than RFC 8259 allows (control bytes, numbers like 01, members twice) and says little about what it
 * refuses. So the whole text is checked first, and cJSON only builds the tree.
 */
#include "gate/base/json.h"

#include "gate/base/json_scan.h"
#include "gate/base/limits.h"

int gate_json_parse(cJSON **out, const char *file, const char *bytes, size_t len,
                    struct gate_error *err)
{
	const struct gate_json_scan_options options = { .max_depth = GATE_MAX_JSON_DEPTH };
	int code = gate_json_scan(&bytes, &len, file, &options, err);
	cJSON *json;

	if (code < 0)
		return code;
	json = cJSON_ParseWithLengthOpts(bytes, len, NULL, 0);
	/* What was valid above can only fail for one reason. */
	if (!json)
		return gate_fail_memory(err);
	*out = json;
	return GATE_OK;
}

void gate_json_free(cJSON *json)
{
	cJSON_Delete(json);
}
