/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/change/base.h"

/* Each key once, under the index of its first entry, and the aliases of those that are registered. */
static int add_words(struct gate_change_flags *flags, const struct gate_flags_config *config,
                     struct gate_error *err)
{
	const struct gate_yaml *aliases = config->keys[GATE_FLAGS_ALIASES];
	const struct gate_feature_flag *items = flags->list.items;
	int code = gate_flag_words_new(&flags->words, err);

	for (size_t i = 0; code == GATE_OK && i < flags->list.n; i++)
		if (!i || strcmp(items[i - 1].key, items[i].key) != 0)
			code = gate_flag_words_add(flags->words, items[i].key, i, err);
	for (size_t i = 0; code == GATE_OK && aliases && i < aliases->n; i++) {
		size_t n;
		const struct gate_feature_flag *flag =
			gate_flags_find(&n, &flags->list, aliases->keys[i]->text);

		if (flag)
			code = gate_flag_words_add_aliases(flags->words, aliases->values[i],
			                                   (size_t)(flag - items), err);
	}
	return code < 0 ? code : gate_flag_words_ready(flags->words, err);
}

/* What is wrong with a file of the registry is a fact about the change, as is a file that is not here. */
static int settle(struct gate_known *known, int code, const struct gate_error *why)
{
	if (code == GATE_ENOTFOUND) {
		gate_known_cut(known, GATE_CUT_MISSING);
		snprintf(known->why, sizeof(known->why),
		         "a file that may register flags is not in this clone");
		return GATE_OK;
	}
	if (code != GATE_ECONFIG && code != GATE_ELIMIT)
		return code;
	if (why->line)
		snprintf(known->why, sizeof(known->why), "%.100s:%u:%u: %.120s", why->file,
		         why->line, why->column, why->message);
	else
		snprintf(known->why, sizeof(known->why), "%.100s: %.140s", why->file, why->message);
	return GATE_OK;
}

int gate_change_load_flags(struct gate_change *change, const struct gate_flags_config *config,
                           struct gate_error *err)
{
	struct gate_change_flags *flags = &change->flags;
	struct gate_error why = { 0 };
	int code;

	if (flags->loaded)
		return GATE_OK;
	if (!config->registry) {
		flags->loaded = true;
		snprintf(flags->known.why, sizeof(flags->known.why),
		         "the policy does not say where flags are registered");
		snprintf(flags->known.mend, sizeof(flags->known.mend),
		         "flags: { registry: [\"*.flagd.json\"] }   # in " GATE_CONFIG_FILE);
		return GATE_OK;
	}
	code = gate_flags_load(&flags->list, &change->head_files, config, &why);
	if (code == GATE_OK)
		code = add_words(flags, config, &why);
	flags->known.known = code == GATE_OK && flags->list.n_files;
	if (code < 0)
		code = settle(&flags->known, code, &why);
	else if (!flags->list.n_files) {
		snprintf(flags->known.why, sizeof(flags->known.why),
		         "no file registers flags: none matches the 'registry' of %.100s:%u",
		         config->keys[GATE_FLAGS_REGISTRY]->file,
		         config->keys[GATE_FLAGS_REGISTRY]->line);
		snprintf(flags->known.mend, sizeof(flags->known.mend),
		         "flags: { registry: [PATH] }   # in " GATE_CONFIG_FILE
		         ", or add a file there");
	}
	flags->loaded = code == GATE_OK;
	if (code < 0 && err)
		*err = why;
	return code;
}
