/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/flags.h"

bool gate_flag_asks_registry(const struct gate_flag_params *wanted)
{
	return wanted->known.value || wanted->default_off.value || wanted->enabled.value;
}

enum gate_flag_fault gate_flag_find_fault(const struct gate_feature_flag **entry,
                                          const struct gate_flag_params *wanted,
                                          const struct gate_flags *flags, const char *key)
{
	size_t n;
	const struct gate_feature_flag *found = gate_flags_find(&n, flags, key);

	*entry = found;
	if (!found)
		return gate_flag_asks_registry(wanted) ? GATE_FLAG_NOT_REGISTERED : GATE_FLAG_FINE;
	for (size_t i = 0; i < n; i++) {
		*entry = &found[i];
		if (wanted->default_off.value && found[i].by_default == GATE_FLAG_ON)
			return GATE_FLAG_IS_ON;
		if (wanted->default_off.value && found[i].by_default == GATE_FLAG_UNSAID)
			return GATE_FLAG_NO_DEFAULT;
		if (wanted->enabled.value && found[i].disabled)
			return GATE_FLAG_DISABLED;
	}
	*entry = found;
	return GATE_FLAG_FINE;
}

static int note_key(size_t which, size_t at, void *payload)
{
	(void)at;
	*(size_t *)payload = which;
	return 1;
}

int gate_flag_suggest(const char **out, const struct gate_change_flags *flags, const char *key,
                      struct gate_error *err)
{
	size_t which;

	if (!gate_flag_words_find(flags->words, key, strlen(key), note_key, &which))
		return gate_flags_nearest(out, &flags->list, key, err);
	*out = flags->list.items[which].key;
	return GATE_OK;
}

static int say_unregistered(struct gate_result *result, const struct gate_change_flags *flags,
                            const char *key, struct gate_error *err)
{
	const char *near = NULL;
	int code = gate_flag_suggest(&near, flags, key, err);

	if (code < 0)
		return code;
	result->fix = near ? "git commit --amend" : GATE_FLAG_MEND_FILES;
	if (near)
		snprintf(result->detail, sizeof(result->detail),
		         "the flag '%.80s' is not registered, did you mean '%.80s'?", key, near);
	else
		snprintf(result->detail, sizeof(result->detail),
		         "the flag '%.80s' is not registered in %.120s%s", key, flags->list.first,
		         flags->list.n_files > 1 ? " or another file" : "");
	return GATE_OK;
}

int gate_flag_say_fault(struct gate_result *result, enum gate_flag_fault fault,
                        const struct gate_feature_flag *entry,
                        const struct gate_change_flags *flags, const char *key,
                        struct gate_error *err)
{
	result->truth = GATE_FALSE;
	result->fix = GATE_FLAG_MEND_FILES;
	switch (fault) {
	case GATE_FLAG_NOT_REGISTERED:
		return say_unregistered(result, flags, key, err);
	case GATE_FLAG_IS_ON:
		snprintf(result->detail, sizeof(result->detail),
		         "the flag '%.80s' is on by default: '%.40s'", key, entry->variant);
		break;
	case GATE_FLAG_NO_DEFAULT:
		snprintf(result->detail, sizeof(result->detail),
		         "the flag '%.80s' has no default: nothing says that it is off", key);
		break;
	case GATE_FLAG_DISABLED:
		snprintf(result->detail, sizeof(result->detail),
		         "the flag '%.80s' is disabled: it cannot be turned on", key);
		break;
	case GATE_FLAG_FINE:
		break;
	}
	return gate_result_add_place(result, entry->file, entry->line, err);
}
