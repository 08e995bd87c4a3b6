/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/record.h"

#include "gate/base/typo.h"

const struct gate_option gate_record_options[] = {
	{ 's', "service", "NAME", GATE_OPTION_KEPT, offsetof(struct gate_record, service),
	  "the service; default: the only one of .doragate.yml" },
	{ 'e', "environment", "NAME", GATE_OPTION_KEPT, offsetof(struct gate_record, environment),
	  "where; default: the only environment of tier production" },
	{ 'c', "commit", "REV", GATE_OPTION_KEPT, offsetof(struct gate_record, commit),
	  "what was deployed (default: HEAD), or what an incident came from" },
	{ 0, "previous", "REV", GATE_OPTION_KEPT, offsetof(struct gate_record, previous),
	  "what ran there before" },
	{ 0, "id", "ID", GATE_OPTION_KEPT, offsetof(struct gate_record, id),
	  "of the deployment or the incident; default: the CI's run, or a new one" },
	{ 0, "at", "TIME", GATE_OPTION_KEPT, offsetof(struct gate_record, at),
	  "when it happened, as 2026-01-31T08:00:00Z; default: now" },
	{ 0, "started", "TIME", GATE_OPTION_KEPT, offsetof(struct gate_record, started),
	  "when the deployment, or the impact of an incident, began" },
	{ 0, "artifact", "PURL", GATE_OPTION_KEPT, offsetof(struct gate_record, artifact),
	  "default: pkg:generic/SERVICE@COMMIT" },
	{ 0, "part", "NAME", GATE_OPTION_KEPT, offsetof(struct gate_record, part),
	  "a region or a canary step of one deployment" },
	{ 0, "planned", NULL, GATE_OPTION_FLAG, offsetof(struct gate_record, planned),
	  "the work was planned, whatever its cause and branches suggest" },
	{ 0, "unplanned", NULL, GATE_OPTION_FLAG, offsetof(struct gate_record, unplanned),
	  "the work was not planned: a hotfix" },
	{ 0, "cause", "ID", GATE_OPTION_KEPT, offsetof(struct gate_record, cause),
	  "what an incident or a rollback is about, or the incident that a deployment answers" },
	{ 0, "reason", "TEXT", GATE_OPTION_KEPT, offsetof(struct gate_record, reason),
	  "of a rollback or a withdrawal" },
	{ 0, "description", "TEXT", GATE_OPTION_KEPT, offsetof(struct gate_record, description),
	  "of an incident; kept only with log: { details: true }" },
	{ 0, "url", "URL", GATE_OPTION_KEPT, offsetof(struct gate_record, url),
	  "of an incident that was reported; kept only with log: { details: true }" },
	{ 0, "source", "SOURCE", GATE_OPTION_KEPT, offsetof(struct gate_record, source),
	  "of the event that a withdrawal takes back" },
	{ 0, "event", "ID", GATE_OPTION_KEPT, offsetof(struct gate_record, event),
	  "of the event that a withdrawal takes back" },
	{ 0 },
};

/* The words behind `record`; the first of a subject is what it means without a second word. */
static const struct {
	const char *subject, *state;
	enum gate_event_kind kind;
} words[] = {
	{ "deployment", "succeeded", GATE_EVENT_SERVICE_DEPLOYED },
	{ "deployment", "started", GATE_EVENT_DEPLOYMENT_STARTED },
	{ "deployment", "failed", GATE_EVENT_DEPLOYMENT_FAILED },
	{ "rollback", NULL, GATE_EVENT_SERVICE_ROLLEDBACK },
	{ "incident", "detected", GATE_EVENT_INCIDENT_DETECTED },
	{ "incident", "reported", GATE_EVENT_INCIDENT_REPORTED },
	{ "incident", "resolved", GATE_EVENT_INCIDENT_RESOLVED },
	{ "withdrawal", NULL, GATE_EVENT_EVENT_WITHDRAWN },
};

static int fail_word(const char *what, const char *word, const char *const known[],
                     struct gate_error *err)
{
	const char *near = gate_nearest(word, known);
	GATE_AUTO(gate_buf_release) struct gate_buf list = { 0 };

	for (size_t i = 0; known[i]; i++)
		gate_buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
	if (near)
		return gate_fail(err, GATE_EUSAGE, "cannot record %s '%s', did you mean '%s'?",
		                 what, word, near);
	return gate_fail(err, GATE_EUSAGE, "cannot record %s '%s'; there are: %s", what, word,
	                 gate_buf_text(&list));
}

int gate_record_kind(enum gate_event_kind *out, int n_args, char *args[], struct gate_error *err)
{
	static const char *const subjects[] = { "deployment", "rollback", "incident", "withdrawal",
		                                NULL };
	const char *states[4] = { NULL };
	size_t n = 0;
	bool known = false;

	if (!n_args)
		return gate_fail(err, GATE_EUSAGE,
		                 "what is to be recorded? deployment, rollback, incident or "
		                 "withdrawal");
	for (size_t i = 0; i < GATE_COUNT(words); i++) {
		if (strcmp(args[0], words[i].subject) != 0)
			continue;
		known = true;
		if (n_args == 1 || (words[i].state && !strcmp(args[1], words[i].state))) {
			*out = words[i].kind;
			break;
		}
		if (words[i].state)
			states[n++] = words[i].state;
		if (i + 1 == GATE_COUNT(words) || strcmp(words[i + 1].subject, args[0]) != 0)
			return n ? fail_word(args[0], args[1], states, err)
			         : gate_fail(err, GATE_EUSAGE, "record %s takes no word '%s'",
			                     args[0], args[1]);
	}
	if (!known)
		return fail_word("a", args[0], subjects, err);
	if (n_args > 2)
		return gate_fail(err, GATE_EUSAGE, "one word too many: '%s'", args[2]);
	return GATE_OK;
}
