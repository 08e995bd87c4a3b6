/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/config/preset.h"

#include "gate/base/typo.h"

#define FOLDER "policies/"
#define MAX_PRESETS 32
#define FILE_NAME "/policy.yml"

/* "policies/sets/policy.yml" holds the built-in sets and is no preset. */
static bool preset_name(char name[GATE_PRESET_NAME], const struct gate_embedded *file)
{
	size_t prefix = strlen(FOLDER), suffix = strlen(FILE_NAME), len = strlen(file->name);

	if (len <= prefix + suffix || len - prefix - suffix >= GATE_PRESET_NAME ||
	    strncmp(file->name, FOLDER, prefix) != 0 ||
	    strcmp(file->name + len - suffix, FILE_NAME) != 0)
		return false;
	snprintf(name, GATE_PRESET_NAME, "%.*s", (int)(len - prefix - suffix), file->name + prefix);
	return strcmp(name, "sets") != 0 && !strchr(name, '/');
}

const struct gate_embedded *gate_preset_find(const char *name)
{
	char found[GATE_PRESET_NAME];

	for (size_t i = 0; i < gate_embedded_count; i++)
		if (preset_name(found, &gate_embedded_files[i]) && !strcmp(found, name))
			return &gate_embedded_files[i];
	return NULL;
}

bool gate_preset_nearest(char nearest[GATE_PRESET_NAME], const char *name)
{
	char names[MAX_PRESETS][GATE_PRESET_NAME];
	const char *list[MAX_PRESETS + 1] = { NULL };
	const char *found;
	size_t n = 0;

	for (size_t i = 0; i < gate_embedded_count && n < MAX_PRESETS; i++)
		if (preset_name(names[n], &gate_embedded_files[i])) {
			list[n] = names[n];
			n++;
		}
	found = gate_nearest(name, list);
	if (found)
		snprintf(nearest, GATE_PRESET_NAME, "%s", found);
	return found != NULL;
}
