/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The predicate on feature flags.
 *
 * Trailers name flags: then each of these has to be as asked, and to be read somewhere. Without one, a flag that is read has to be: in what
 * the change adds or, where nothing there reads one, in the service. What an added line reads decides, for it is this change's.
 */
#include "gate/policy/flags.h"

#define TRAILER "Feature-Flag"

/* Where a flag has to be read that no trailer names. */
enum where { ADDED, SERVICE };
static const char *const places[] = { [ADDED] = "added", [SERVICE] = "service", NULL };

static const struct gate_param flag_params[] = {
	{ "in", GATE_PARAM_PATHS, offsetof(struct gate_flag_params, in),
	  "files whose added lines count; default: all", .shorthand = true },
	{ "known", GATE_PARAM_BOOL, offsetof(struct gate_flag_params, known),
	  "true: it is registered" },
	{ "default-off", GATE_PARAM_BOOL, offsetof(struct gate_flag_params, default_off),
	  "true: it is registered, and off by default" },
	{ "enabled", GATE_PARAM_BOOL, offsetof(struct gate_flag_params, enabled),
	  "true: it is registered, and its state is not DISABLED" },
	{ "read", GATE_PARAM_WORDS, offsetof(struct gate_flag_params, read),
	  "where, if no trailer names it: added, lines that the change adds; service, any file of "
	  "the service; default: both",
	  .words = places },
	{ 0 },
};

/* More are not looked at: to find one that is named twice, each is compared with each. */
#define MAX_NAMED 1000
#define TOO_MANY 1

/* The keys that trailers name, each once. */
struct named {
	const char **keys; /* own array */
	size_t n, cap;
	struct gate_error *err;
};

static void named_release(struct named *named)
{
	free(named->keys);
}
GATE_DEFINE_AUTO_STRUCT(struct named, named_release)

static int add_named(const struct gate_trailer *trailer, void *payload)
{
	struct named *named = payload;

	for (size_t i = 0; i < named->n; i++)
		if (!strcmp(named->keys[i], trailer->value))
			return GATE_OK;
	if (named->n == MAX_NAMED)
		return TOO_MANY;
	if (gate_grow(&named->keys, &named->cap, named->n + 1, sizeof(const char *), named->err) <
	    0)
		return GATE_ENOMEM;
	named->keys[named->n++] = trailer->value;
	return GATE_OK;
}

static void take_unknown(struct gate_result *result, struct gate_result *unknown)
{
	gate_result_clear(result);
	*result = *unknown;
	*unknown = (struct gate_result){ 0 };
}

/* What of a name that a trailer gives can be said without looking for it. False in *ok: the result is set. */
static int check_names(bool *ok, struct gate_result *result, const struct gate_flag_params *wanted,
                       const struct gate_change_flags *flags, const struct named *named,
                       struct gate_error *err)
{
	*ok = false;
	for (size_t i = 0; i < named->n; i++) {
		const struct gate_feature_flag *entry;
		enum gate_flag_fault fault;

		if (!named->keys[i][0]) {
			result->truth = GATE_FALSE;
			result->fix = "git commit --amend";
			snprintf(result->detail, sizeof(result->detail),
			         "the trailer '" TRAILER ":' names no flag");
			return GATE_OK;
		}
		if (!gate_flag_asks_registry(wanted))
			continue;
		fault = gate_flag_find_fault(&entry, wanted, &flags->list, named->keys[i]);
		if (fault != GATE_FLAG_FINE)
			return gate_flag_say_fault(result, fault, entry, flags, named->keys[i],
			                           err);
	}
	*ok = true;
	return GATE_OK;
}

/* The keys of trailers as words, with the aliases that the policy gives them. */
static int make_words(struct gate_flag_words **out, const struct named *named,
                      const struct gate_flags_config *config, struct gate_error *err)
{
	const struct gate_yaml *aliases = config->keys[GATE_FLAGS_ALIASES];
	int code = gate_flag_words_new(out, err);

	for (size_t i = 0; code == GATE_OK && i < named->n; i++) {
		const struct gate_yaml *names =
			aliases ? gate_yaml_get(aliases, named->keys[i]) : NULL;

		code = gate_flag_words_add(*out, named->keys[i], i, err);
		if (code == GATE_OK && names)
			code = gate_flag_words_add_aliases(*out, names, i, err);
	}
	return code < 0 ? code : gate_flag_words_ready(*out, err);
}

/* Where each key is read that was found and counts. */
static int add_places(struct gate_result *result, const struct gate_flag_search *search, size_t n,
                      struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < n; i++)
		if (search->first[i].path && (!search->counts || search->counts(i, search)))
			code = gate_result_add_place(result, search->first[i].path,
			                             search->first[i].line, err);
	return code;
}

/* A name in a trailer of the change may be meant for another service, so one that is read is enough for each. */
static bool is_of_service(const struct gate_item *item)
{
	return item->service && !item->wide;
}

static int say_named(struct gate_result *result, const struct gate_flag_params *wanted,
                     const struct gate_item *item, const struct named *named,
                     const struct gate_flag_search *search, struct gate_error *err)
{
	size_t unread = 0;
	char paths[96];

	while (unread < named->n && search->first[unread].path)
		unread++;
	if (search->n_read == named->n || (search->n_read && is_of_service(item))) {
		result->truth = GATE_TRUE;
		snprintf(result->detail, sizeof(result->detail), "reads %s that a trailer names",
		         search->n_read > 1 ? "the flags" : "the flag");
		return add_places(result, search, named->n, err);
	}
	result->truth = GATE_FALSE;
	result->fix = GATE_FLAG_MEND_FILES;
	snprintf(result->detail, sizeof(result->detail),
	         "the flag '%.80s', which a trailer names, is not read in %s%s",
	         named->keys[unread], gate_paths_text(paths, &wanted->in, item),
	         is_of_service(item) ? " or elsewhere in the service" : "");
	return GATE_OK;
}

static int eval_named(struct gate_result *result, const struct gate_flag_params *wanted,
                      const struct gate_item *item, const struct gate_matched *matched,
                      const struct named *named, struct gate_error *err)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;
	GATE_AUTO(gate_flag_search_release) struct gate_flag_search search = { .item = item };
	size_t lines;
	int code = make_words(&words, named, item->flags, err);

	if (code < 0)
		return code;
	search.words = words;
	search.enough = is_of_service(item) ? 1 : named->n;
	search.first = calloc(named->n, sizeof(*search.first));
	if (!search.first)
		return gate_fail_memory(err);
	code = gate_flag_search_added(&lines, &search, matched, err);
	if (code == GATE_OK && search.n_read < search.enough)
		code = gate_flag_search_head(&search, &wanted->in, matched, err);
	if (code < 0)
		return code;
	if (search.n_read < search.enough && search.unknown.truth == GATE_UNKNOWN) {
		take_unknown(result, &search.unknown);
		return GATE_OK;
	}
	return say_named(result, wanted, item, named, &search, err);
}

/* Of a search for any registered flag. */
struct any {
	const struct gate_flag_params *wanted;
	const struct gate_change_flags *flags;
};

static bool is_as_asked(size_t which, const struct gate_flag_search *search)
{
	const struct any *any = search->payload;
	const struct gate_feature_flag *entry;

	return gate_flag_find_fault(&entry, any->wanted, &any->flags->list,
	                            any->flags->list.items[which].key) == GATE_FLAG_FINE;
}

/* The first key that was found, in the order of keys; past the last: none was. */
static size_t first_read(const struct any *any, const struct gate_flag_search *search,
                         bool as_asked)
{
	size_t i = 0;

	while (i < any->flags->list.n &&
	       (!search->first[i].path || (as_asked && !is_as_asked(i, search))))
		i++;
	return i;
}

static int say_any(struct gate_result *result, const struct gate_flag_search *search,
                   struct gate_error *err)
{
	const struct any *any = search->payload;
	const struct gate_feature_flag *items = any->flags->list.items, *entry;
	size_t which = first_read(any, search, true);
	enum gate_flag_fault fault;
	int code;

	if (which < any->flags->list.n) {
		result->truth = GATE_TRUE;
		snprintf(result->detail, sizeof(result->detail), "reads the flag '%.80s'%s",
		         items[which].key, search->n_read > 1 ? " and others" : "");
		return add_places(result, search, any->flags->list.n, err);
	}
	which = first_read(any, search, false);
	fault = gate_flag_find_fault(&entry, any->wanted, &any->flags->list, items[which].key);
	code = gate_flag_say_fault(result, fault, entry, any->flags, items[which].key, err);
	return code < 0 ? code
	                : gate_result_add_place(result, search->first[which].path,
	                                        search->first[which].line, err);
}

static void say_none(struct gate_result *result, const struct gate_flag_params *wanted,
                     const struct gate_item *item, const struct gate_flags *flags, bool service)
{
	char paths[96];

	result->truth = GATE_FALSE;
	snprintf(result->lacks, sizeof(result->lacks), TRAILER ": KEY");
	snprintf(result->detail, sizeof(result->detail),
	         "no added line in %s reads a registered flag%s (%zu in %.80s%s)",
	         gate_paths_text(paths, &wanted->in, item),
	         service ? ", and no other file there does" : "", flags->n, flags->first,
	         flags->n_files > 1 ? " and others" : "");
}

static void say_nothing_added(struct gate_result *result, const struct gate_flag_params *wanted,
                              const struct gate_item *item)
{
	char paths[96];

	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail),
	         "no line is added in %s, so there is nothing to switch",
	         gate_paths_text(paths, &wanted->in, item));
}

static int eval_any(struct gate_result *result, const struct gate_flag_params *wanted,
                    const struct gate_item *item, const struct gate_matched *matched,
                    struct gate_error *err)
{
	const struct gate_change_flags *flags = &item->change->flags;
	const struct any any = { wanted, flags };
	bool service = !wanted->read || (wanted->read & GATE_BIT(SERVICE)), found;
	size_t lines;
	GATE_AUTO(gate_flag_search_release)
	struct gate_flag_search search = {
		.item = item, .words = flags->words, .counts = is_as_asked, .payload = &any
	};
	int code;

	search.first = calloc(flags->list.n + 1, sizeof(*search.first));
	if (!search.first)
		return gate_fail_memory(err);
	code = gate_flag_search_added(&lines, &search, matched, err);
	found = code == GATE_OK && first_read(&any, &search, false) < flags->list.n;
	if (code == GATE_OK && !found && !lines && search.unknown.truth != GATE_UNKNOWN) {
		say_nothing_added(result, wanted, item);
		return GATE_OK;
	}
	if (code == GATE_OK && !found && service) {
		search.enough = 1;
		code = gate_flag_search_head(&search, &wanted->in, matched, err);
		found = code == GATE_OK && first_read(&any, &search, false) < flags->list.n;
	}
	if (code < 0)
		return code;
	/* What could not be looked at may read one that is as asked. */
	if (search.n_read || (found && search.unknown.truth != GATE_UNKNOWN))
		return say_any(result, &search, err);
	if (search.unknown.truth == GATE_UNKNOWN)
		take_unknown(result, &search.unknown);
	else
		say_none(result, wanted, item, &flags->list, service);
	return GATE_OK;
}

/* False: every matching file is deleted, or none matches. */
static bool may_add_lines(const struct gate_matched *matched)
{
	for (size_t i = 0; i < matched->n; i++)
		if (matched->files[i]->file.status != GATE_FILE_DELETED)
			return true;
	return false;
}

/* False in *ok: the result is unknown, or there is nothing to ask. */
static int prepare(bool *ok, struct gate_result *result, const struct gate_flag_params *wanted,
                   const struct gate_item *item, const struct gate_matched *matched,
                   struct named *named, struct gate_error *err)
{
	GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
	const struct gate_known too_many = { .why = "trailers name more than 1000 flags" };
	const struct gate_change_flags *flags = &item->change->flags;
	int code = gate_each_trailer(&unknown, item, TRAILER, add_named, named, err);

	*ok = false;
	if (code == TOO_MANY)
		gate_result_unknown(&unknown, GATE_FACT_MESSAGE, true, &too_many);
	if (code < 0)
		return code;
	/* A trailer that cannot be read may name any flag. */
	if (unknown.truth == GATE_UNKNOWN) {
		take_unknown(result, &unknown);
		return GATE_OK;
	}
	if ((!named->n || is_of_service(item)) && !may_add_lines(matched)) {
		say_nothing_added(result, wanted, item);
		return GATE_OK;
	}
	*ok = named->n && !gate_flag_asks_registry(wanted);
	if (*ok)
		return GATE_OK;
	code = gate_change_load_flags(item->change, item->flags, err);
	*ok = code == GATE_OK && flags->known.known;
	if (code == GATE_OK && !*ok)
		gate_result_unknown(result, GATE_FACT_FILES, true, &flags->known);
	return code;
}

static int eval_flag(struct gate_result *result, const struct gate_item *item, const void *params,
                     struct gate_error *err)
{
	const struct gate_flag_params *wanted = params;
	GATE_AUTO(named_release) struct named named = { .err = err };
	struct gate_matched matched;
	bool ok = false;
	int code = gate_match_files(&matched, result, item, &wanted->in, err);

	if (code == GATE_OK && result->truth != GATE_UNKNOWN)
		code = prepare(&ok, result, wanted, item, &matched, &named, err);
	if (code == GATE_OK && ok)
		code = check_names(&ok, result, wanted, &item->change->flags, &named, err);
	if (code < 0 || !ok)
		return code;
	return named.n ? eval_named(result, wanted, item, &matched, &named, err)
	               : eval_any(result, wanted, item, &matched, err);
}

int gate_flag_judge_key(struct gate_result *result, const struct gate_item *item, const char *key,
                        struct gate_error *err)
{
	static const struct gate_flag_params wanted = { .known = { true, true },
		                                        .default_off = { true, true } };
	const struct gate_change_flags *flags = &item->change->flags;
	const struct named named = { .keys = &key, .n = 1 };
	struct gate_matched matched;
	bool ok;
	int code = gate_match_files(&matched, result, item, &wanted.in, err);

	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	code = gate_change_load_flags(item->change, item->flags, err);
	if (code == GATE_OK && !flags->known.known) {
		gate_result_unknown(result, GATE_FACT_FILES, true, &flags->known);
		return GATE_OK;
	}
	if (code == GATE_OK)
		code = check_names(&ok, result, &wanted, flags, &named, err);
	return code < 0 || !ok ? code : eval_named(result, &wanted, item, &matched, &named, err);
}

const struct gate_predicate gate_predicate_flag = {
	.name = "flag",
	.summary = "added lines are behind a feature flag: one is read, or named by a trailer",
	.facts = GATE_BIT(GATE_FACT_FILES) | GATE_BIT(GATE_FACT_LINES) |
	         GATE_BIT(GATE_FACT_MESSAGE) | GATE_BIT(GATE_FACT_COMMITS),
	.size = sizeof(struct gate_flag_params),
	.params = flag_params,
	.eval = eval_flag,
	.fix = "git commit --amend --no-edit --trailer {missing}",
};
