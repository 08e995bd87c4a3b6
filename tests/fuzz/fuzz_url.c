/* SPDX-License-Identifier: Apache-2.0 */
/* The name of a URL has no user, password, query or control byte, is no longer than it may be, and names itself. */
#include "gate/base/limits.h"
#include "gate/log/source.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_free) char *url = gate_copy((const char *)data, size);
	GATE_AUTO(gate_free) char *name = NULL, *again = NULL;
	struct gate_error err = { 0 };
	const char *host;
	int code;

	assert(url);
	code = gate_log_url_name(&name, url, &err);
	assert(code == GATE_OK);
	if (!name)
		return 0;
	assert(!strncmp(name, "https://", 8) && strlen(name) <= GATE_MAX_REPOSITORY_BYTES);
	host = name + 8;
	assert(*host && !memchr(host, '@', strcspn(host, "/")));
	for (const char *c = name; *c; c++)
		assert((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
	code = gate_log_url_name(&again, name, &err);
	assert(code == GATE_OK);
	return 0;
}
