/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy, from text to compiled rules. What is refused has a place and a message without line ends of ours; what is
 * accepted is accepted again, with the same digest.
 */
#include "gate/policy/rule.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Outside of a repository: `extends: ./file` needs one, so it is kept out of the texts. */
static bool reads_files(const char *text)
{
	const char *at = strstr(text, "extends");

	return at && strstr(at, "./");
}

static int compile(char digest[GATE_DIGEST_HEX], const char *text, size_t len,
                   struct gate_error *err)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	int code = gate_config_load(&config, NULL, "policy.yml", text, len, err);

	if (code == GATE_OK)
		code = gate_config_seal(config, err);
	if (code == GATE_OK)
		code = gate_rules_compile(&rules, config, err);
	if (code < 0)
		return code;
	assert(rules.n <= config->n_rules);
	for (size_t i = 0; i < rules.n; i++)
		assert(rules.items[i].at && rules.items[i].id[0]);
	memcpy(digest, config->digest, GATE_DIGEST_HEX);
	return GATE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = gate_copy((const char *)data, size);
	char first[GATE_DIGEST_HEX], second[GATE_DIGEST_HEX];
	struct gate_error err = { 0 };
	int code;

	assert(text);
	if (!reads_files(text)) {
		code = compile(first, text, size, &err);
		if (code < 0) {
			assert(code == GATE_ECONFIG || code == GATE_ELIMIT);
			assert(err.code == code && err.message[0] && err.file[0]);
		} else {
			assert(compile(second, text, size, NULL) == GATE_OK);
			assert(!strcmp(first, second));
		}
	}
	free(text);
	return 0;
}
