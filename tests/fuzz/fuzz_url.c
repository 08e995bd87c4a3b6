/* SPDX-License-Identifier: Apache-2.0 */
/* The name of a URL is an https URL of plain characters within the limit, without who asks and what for; and it has a name itself. */
#include "gate/log/source.h"

#include "gate/base/limits.h"

#include <assert.h>

#define START "https://"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *name)
{
	const char *host = name + sizeof(START) - 1;
	const size_t host_len = strcspn(host, "/");

	assert(!strncmp(name, START, sizeof(START) - 1) &&
	       strlen(name) <= GATE_MAX_REPOSITORY_BYTES);
	assert(host_len > 0 && !memchr(host, '@', host_len));
	assert(name[strlen(name) - 1] != '/');
	for (const char *c = name; *c; c++)
		assert(*c > ' ' && *c < '\x7f' && !strchr("\"#<>?\\^`{|}", *c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of its own size, so that a read behind its end is seen. */
	GATE_AUTO(gate_free) char *url = gate_copy((const char *)data, size);
	GATE_AUTO(gate_free) char *name = NULL, *again = NULL;
	int code;

	assert(url);
	code = gate_log_url_name(&name, url, NULL);
	assert(code == GATE_OK);
	if (!name)
		return 0;
	check(name);
	code = gate_log_url_name(&again, name, NULL);
	assert(code == GATE_OK);
	if (again)
		check(again);
	return 0;
}
