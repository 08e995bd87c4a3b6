/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/record.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/base/typo.h"
#include "gate/base/uuid.h"
#include "gate/ci/ci.h"
#include "gate/config/merge.h"
#include "gate/flow/event_json.h"
#include "gate/flow/talk.h"
#include "gate/log/spool.h"

#define LONGEST_NAME 255

/* A record with every default filled in. */
struct filled {
	const struct gate_record *said;
	const char *service, *environment;
	char commit[GATE_OID_HEX], previous[GATE_OID_HEX]; /* "": none */
	char *deployment; /* own; id of the deployment or the incident */
	char *artifact;   /* own; NULL: none */
	struct gate_buf source;
	struct gate_time at, started;
	bool has_started;
};

static void filled_release(struct filled *filled)
{
	free(filled->deployment);
	free(filled->artifact);
	gate_buf_release(&filled->source);
}
GATE_DEFINE_AUTO_STRUCT(struct filled, filled_release)

static bool is_incident(enum gate_event_kind kind)
{
	return kind == GATE_EVENT_INCIDENT_DETECTED || kind == GATE_EVENT_INCIDENT_REPORTED ||
	       kind == GATE_EVENT_INCIDENT_RESOLVED;
}

static int check_name(const char *option, const char *name, struct gate_error *err)
{
	if (gate_config_is_name(name) && strlen(name) <= LONGEST_NAME)
		return GATE_OK;
	return gate_fail(err, GATE_EUSAGE,
	                 "%s: '%s' is no name: use letters, digits, '.', '_' and '-'", option,
	                 name);
}

static int ask_service(const struct gate_facts *facts, struct gate_error *err)
{
	const char *known = facts->n_services ? facts->services[0]
	                    : facts->n_found  ? facts->found[0]
	                                      : NULL;

	return gate_fail(err, GATE_EUSAGE, "which service? --service NAME%s%s%s",
	                 known ? ", such as '" : "", known ? known : "", known ? "'" : "");
}

/* What the files show is a guess, so that another name is no error; a near one is probably a slip of the pen. */
static void warn_of_service(const struct filled *filled, const struct gate_facts *facts)
{
	const char *near = filled->service && facts->n_found
	                           ? gate_nearest(filled->service, facts->found)
	                           : NULL;

	if (near && strcmp(near, filled->service) != 0)
		gate_talk("warning: the files show no service '%s', did you mean '%s'? It is "
		          "recorded as one of its own",
		          filled->service, near);
}

/* The only service of the configuration, if nobody named one. One that the configuration does not know is fine where it knows none. */
static int fill_service(struct filled *out, const struct gate_facts *facts, struct gate_error *err)
{
	const char *near;

	out->service = out->said->service;
	if (!out->service && facts->n_services == 1)
		out->service = facts->services[0];
	if (!out->service && is_incident(out->said->kind))
		return GATE_OK;
	if (!out->service)
		return ask_service(facts, err);
	near = facts->n_services ? gate_nearest(out->service, facts->services) : NULL;
	/* A near name is a slip of the pen; a far one is a service that this commit does not have yet. */
	if (near && strcmp(near, out->service) != 0)
		return gate_fail(err, GATE_EUSAGE, "there is no service '%s', did you mean '%s'?",
		                 out->service, near);
	return check_name("--service", out->service, err);
}

static int fill_environment(struct filled *out, const struct gate_facts *facts,
                            struct gate_error *err)
{
	out->environment = out->said->environment;
	if (!out->environment && facts->n_production == 1)
		out->environment = facts->production[0];
	if (!out->environment)
		return gate_fail(err, GATE_EUSAGE, "which environment? --environment %s%s",
		                 facts->n_production ? facts->production[0] : "production",
		                 facts->n_production
		                         ? ", or another: there are several of tier production"
		                         : ", or name one of tier production in " GATE_CONFIG_FILE
		                           ": environments: { production: { tier: production } }");
	return check_name("--environment", out->environment, err);
}

/* A full id need not be here: a pipeline may deploy what its clone does not have. */
static bool is_full_id(char hex[GATE_OID_HEX], const char *revision)
{
	struct gate_oid id;

	if (strlen(revision) != GATE_OID_HEX - 1 ||
	    gate_oid_parse(&id, revision, strlen(revision), NULL) != GATE_OK)
		return false;
	gate_oid_hex(hex, &id);
	return true;
}

static bool is_head(const char *revision)
{
	return !strcmp(revision, "HEAD");
}

bool gate_record_needs_repo(const struct gate_record *record)
{
	const char *const revisions[] = { record->commit, record->previous };
	char hex[GATE_OID_HEX];

	for (size_t i = 0; i < GATE_COUNT(revisions); i++)
		if (revisions[i] && !is_head(revisions[i]) && !is_full_id(hex, revisions[i]))
			return true;
	return false;
}

static int resolve(char hex[GATE_OID_HEX], const struct gate_facts *facts, const char *revision,
                   struct gate_error *err)
{
	struct gate_oid id;
	int code;

	if (is_full_id(hex, revision))
		return GATE_OK;
	if (is_head(revision) && facts->head[0]) {
		memcpy(hex, facts->head, GATE_OID_HEX);
		return GATE_OK;
	}
	code = facts->resolve(&id, facts->repo, revision, err);
	if (code == GATE_OK)
		gate_oid_hex(hex, &id);
	return code;
}

static int fill_commits(struct filled *out, const struct gate_facts *facts, struct gate_error *err)
{
	const struct gate_record *said = out->said;
	const char *commit = said->commit;
	int code = GATE_OK;

	if (!commit && !is_incident(said->kind))
		commit = "HEAD";
	if (commit)
		code = resolve(out->commit, facts, commit, err);
	if (code == GATE_OK && said->previous)
		code = resolve(out->previous, facts, said->previous, err);
	return code;
}

static int fill_id(struct filled *out, struct gate_error *err)
{
	const struct gate_record *said = out->said;
	GATE_AUTO(gate_buf_release) struct gate_buf id = { 0 };
	char uuid[GATE_UUID];

	if (said->kind == GATE_EVENT_INCIDENT_RESOLVED && !said->id)
		return gate_fail(err, GATE_EUSAGE,
		                 "which incident? --id ID, as 'incident detected' printed it");
	if (said->id && (!said->id[0] || strlen(said->id) > LONGEST_NAME))
		return gate_fail(err, GATE_EUSAGE, "--id takes 1 to 255 bytes");
	if (said->id)
		gate_buf_puts(&id, said->id);
	else if (!is_incident(said->kind))
		gate_ci_job(&id);
	if (!id.len) {
		int code = gate_uuid(uuid, err);

		if (code < 0)
			return code;
		gate_buf_puts(&id, uuid);
	}
	out->deployment = gate_buf_take(&id);
	return out->deployment ? GATE_OK : gate_fail_memory(err);
}

static int fill_times(struct filled *out, const struct gate_time *now, struct gate_error *err)
{
	const struct gate_record *said = out->said;

	out->at = *now;
	if (said->at && gate_time_parse(&out->at, said->at, strlen(said->at), NULL) < 0)
		return gate_fail(err, GATE_EUSAGE,
		                 "--at takes a time such as 2026-01-31T08:00:00Z, got '%s'",
		                 said->at);
	out->has_started = said->started;
	if (said->started &&
	    gate_time_parse(&out->started, said->started, strlen(said->started), NULL) < 0)
		return gate_fail(err, GATE_EUSAGE,
		                 "--started takes a time such as 2026-01-31T08:00:00Z, got '%s'",
		                 said->started);
	if (out->has_started &&
	    (out->started.seconds > out->at.seconds ||
	     (out->started.seconds == out->at.seconds && out->started.nanos > out->at.nanos)))
		return gate_fail(err, GATE_EUSAGE, "--started is later than what it started");
	return GATE_OK;
}

static int fill_artifact(struct filled *out, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf artifact = { 0 };

	if (out->said->artifact)
		gate_buf_puts(&artifact, out->said->artifact);
	else if (out->service && out->commit[0])
		gate_buf_printf(&artifact, "pkg:generic/%s@%s", out->service, out->commit);
	else
		return GATE_OK;
	out->artifact = gate_buf_take(&artifact);
	return out->artifact ? GATE_OK : gate_fail_memory(err);
}

/* Whoever says the same says the same event; the part too, or the regions of one deployment would be one. */
static int make_id(char id[GATE_DIGEST_HEX], const struct filled *filled, struct gate_error *err)
{
	const struct gate_event_type *type = &gate_event_types[filled->said->kind];
	const char *const parts[] = { filled->service, filled->environment, filled->commit,
		                      filled->deployment, filled->said->part };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_buf_printf(&text, "%s.%s", type->type, type->version);
	for (size_t i = 0; i < GATE_COUNT(parts); i++) {
		gate_buf_putc(&text, '\0');
		gate_buf_puts(&text, parts[i] ? parts[i] : "");
	}
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	gate_digest_hex(id, text.ptr, text.len);
	return GATE_OK;
}

static void write_if(struct gate_json_writer *w, const char *name, const char *text)
{
	if (text && *text)
		gate_json_text(w, name, text);
}

static void write_map_of_id(struct gate_json_writer *w, const char *name, const char *id)
{
	if (!id)
		return;
	gate_json_begin_map(w, name);
	gate_json_text(w, "id", id);
	gate_json_end_map(w);
}

/* A report needs an address; who gave none, or does not share it, gets one that leads nowhere. */
static void write_ticket(struct gate_json_writer *w, const struct filled *filled, bool details)
{
	GATE_AUTO(gate_buf_release) struct gate_buf urn = { 0 };

	if (filled->said->kind != GATE_EVENT_INCIDENT_REPORTED)
		return;
	if (details && filled->said->url) {
		gate_json_text(w, "ticketURI", filled->said->url);
		return;
	}
	gate_buf_puts(&urn, "urn:doragate:incident:");
	for (const char *c = filled->deployment; *c; c++) {
		if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
		    (*c >= '0' && *c <= '9') || strchr("-._", *c))
			gate_buf_putc(&urn, *c);
		else
			gate_buf_printf(&urn, "%%%02X", (unsigned char)*c);
	}
	gate_json_buf(w, "ticketURI", &urn);
}

static void write_subject(struct gate_json_writer *w, const struct filled *filled, bool details)
{
	const bool incident = is_incident(filled->said->kind);

	gate_json_begin_map(w, "subject");
	gate_json_text(w, "id", incident ? filled->deployment : filled->service);
	gate_json_begin_map(w, "content");
	write_map_of_id(w, "environment", filled->environment);
	if (incident) {
		write_map_of_id(w, "service", filled->service);
		if (details)
			write_if(w, "description", filled->said->description);
		write_ticket(w, filled, details);
	}
	write_if(w, "artifactId", filled->artifact);
	gate_json_end_map(w);
	gate_json_end_map(w);
}

static void write_dora(struct gate_json_writer *w, const struct filled *filled,
                       const char *repository)
{
	const struct gate_record *said = filled->said;

	gate_json_begin_map(w, "customData");
	gate_json_begin_map(w, "dora");
	gate_json_text(w, "repository", repository);
	write_if(w, "commit", filled->commit);
	write_if(w, "previousCommit", filled->previous);
	gate_json_text(w, "deploymentId", filled->deployment);
	write_if(w, "service", filled->service);
	if (filled->has_started)
		gate_event_json_time(w, "startedAt", filled->started, true);
	if (said->planned || said->unplanned)
		gate_json_bool(w, "planned", said->planned);
	write_if(w, "part", said->part);
	write_if(w, "cause", said->cause);
	write_if(w, "reason", said->reason);
	gate_json_end_map(w);
	gate_json_end_map(w);
	gate_json_text(w, "customDataContentType", "application/json");
}

static int fill_source(struct filled *out, const struct gate_facts *facts, struct gate_error *err)
{
	gate_buf_printf(&out->source, "%s/doragate/flags", facts->repository);
	return gate_buf_failed(&out->source) ? gate_fail_memory(err) : GATE_OK;
}

static int fill(struct filled *out, const struct gate_facts *facts, const struct gate_time *now,
                struct gate_error *err)
{
	int code = fill_service(out, facts, err);

	if (code == GATE_OK)
		code = fill_environment(out, facts, err);
	if (code == GATE_OK)
		code = fill_commits(out, facts, err);
	if (code == GATE_OK)
		code = fill_id(out, err);
	if (code == GATE_OK)
		code = fill_times(out, now, err);
	if (code == GATE_OK)
		code = fill_artifact(out, err);
	return code == GATE_OK ? fill_source(out, facts, err) : code;
}

/*
 * What is said again adds nothing: a step that a pipeline runs twice has the same id and another time. That is seen while the first
 * is in the spool; later the log keeps both, and the first one counts.
 */
static int spool(bool *before, const struct gate_facts *facts, const struct gate_time *now,
                 const char *id, const struct gate_buf *json, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf mark = { 0 };
	int code;

	gate_buf_printf(&mark, "\"specversion\":\"" GATE_CDEVENTS "\",\"id\":\"%s\"", id);
	if (gate_buf_failed(&mark) || gate_buf_failed(json))
		return gate_fail_memory(err);
	code = gate_spool_holds(before, facts->state_dir, mark.ptr, err);
	return code < 0 || *before
	               ? code
	               : gate_spool_event(facts->state_dir, now, json->ptr, json->len, err);
}

/*
 * What happened to an incident twice has the identity of the first time. Whoever repeats a step need not care; whoever means the second time must say so in
 * another way. "; to open it again: ..."
 */
static void add_again(struct gate_buf *out, const struct filled *filled)
{
	const struct gate_record *said = filled->said;
	GATE_AUTO(gate_buf_release) struct gate_buf id = { 0 };

	if (said->kind != GATE_EVENT_INCIDENT_DETECTED)
		gate_buf_printf(out,
		                "; if it was %s once more since: --commit REV makes that a "
		                "record of its own",
		                said->kind == GATE_EVENT_INCIDENT_RESOLVED ? "resolved"
		                                                           : "reported");
	else if (gate_quote_shell(&id, filled->deployment, strlen(filled->deployment)))
		gate_buf_printf(out, "; to open it again: record incident reported --id %s%s%s",
		                gate_buf_text(&id), said->environment ? " --environment " : "",
		                said->environment ? said->environment : "");
}

static void say(struct gate_buf *said, const struct filled *filled, bool before)
{
	const struct gate_event_type *type = &gate_event_types[filled->said->kind];
	const bool incident = is_incident(filled->said->kind);
	GATE_AUTO(gate_buf_release) struct gate_buf again = { 0 };

	if (before && incident)
		add_again(&again, filled);
	/* Later records of an incident need not name its service again. */
	gate_escape_printf(said, "recorded%s: %s%s%s in %s%s%.12s%s, %s %s%s",
	                   before ? " before" : "", type->summary, filled->service ? " " : "",
	                   filled->service ? filled->service : "", filled->environment,
	                   filled->commit[0] ? " at " : "", filled->commit,
	                   filled->said->kind == GATE_EVENT_INCIDENT_DETECTED && !filled->service
	                           ? ", of no service"
	                           : "",
	                   incident ? "incident" : "id", filled->deployment, gate_buf_text(&again));
}

/* No event has longer names, so a withdrawal of one would take nothing back. */
static int check_identity(const struct gate_record *record, struct gate_error *err)
{
	const bool source = strlen(record->source) > GATE_MAX_IDENTITY_BYTES;

	if (!source && strlen(record->event) <= GATE_MAX_IDENTITY_BYTES)
		return GATE_OK;
	return gate_fail(err, GATE_EUSAGE, "--%s takes at most %d bytes",
	                 source ? "source" : "event", GATE_MAX_IDENTITY_BYTES);
}

/* Takes an event back: it names the identity, and stands for nothing itself. */
static int withdraw(struct gate_buf *said, const struct gate_facts *facts,
                    const struct gate_time *now, const struct gate_record *record,
                    struct gate_error *err)
{
	GATE_AUTO(filled_release) struct filled filled = { .said = record };
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 }, text = { 0 };
	struct gate_json_writer w = { .buf = &json };
	char id[GATE_DIGEST_HEX];
	bool before = false;
	int code = fill_source(&filled, facts, err);

	if (code == GATE_OK && (!record->source || !record->event || !record->reason))
		return gate_fail(err, GATE_EUSAGE,
		                 "a withdrawal needs --source, --event (the id that 'log show "
		                 "--format json' prints) and --reason");
	if (code == GATE_OK)
		code = check_identity(record, err);
	if (code == GATE_OK)
		code = fill_times(&filled, now, err);
	if (code < 0)
		return code;
	gate_buf_printf(&text, "%s", record->source);
	gate_buf_putc(&text, '\0');
	gate_buf_puts(&text, record->event);
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	gate_digest_hex(id, text.ptr, text.len);
	gate_event_json_begin(&w, record->kind, id, &filled.source, filled.at);
	gate_json_begin_map(&w, "subject");
	gate_json_text(&w, "id", record->event);
	gate_json_begin_map(&w, "content");
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_begin_map(&w, "customData");
	gate_json_begin_map(&w, "dora");
	gate_json_text(&w, "reason", record->reason);
	gate_json_begin_list(&w, "supersedes");
	gate_json_begin_map(&w, NULL);
	gate_json_text(&w, "source", record->source);
	gate_json_text(&w, "id", record->event);
	gate_json_end_map(&w);
	gate_json_end_list(&w);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	code = spool(&before, facts, now, id, &json, err);
	if (code == GATE_OK)
		gate_escape_printf(said, "recorded%s: %s is withdrawn", before ? " before" : "",
		                   record->event);
	return code;
}

/* An option that says nothing about this kind of event is a mistake, not a detail. */
static int check_options(const struct gate_record *record, struct gate_error *err)
{
	const bool incident = is_incident(record->kind);
	const bool withdrawal = record->kind == GATE_EVENT_EVENT_WITHDRAWN;
	const struct {
		const char *option;
		bool given, wanted;
	} rows[] = {
		{ "--source", record->source, withdrawal },
		{ "--event", record->event, withdrawal },
		{ "--description", record->description, incident },
		{ "--url", record->url, record->kind == GATE_EVENT_INCIDENT_REPORTED },
		{ "--service", record->service, !withdrawal },
		{ "--environment", record->environment, !withdrawal },
		{ "--commit", record->commit, !withdrawal },
		{ "--previous", record->previous, !withdrawal && !incident },
		{ "--id", record->id, !withdrawal },
		{ "--started", record->started, !withdrawal },
		{ "--artifact", record->artifact, !withdrawal },
		{ "--part", record->part, !withdrawal && !incident },
		{ "--cause", record->cause, !withdrawal },
		{ "--planned", record->planned,
		  !withdrawal && !incident && record->kind != GATE_EVENT_SERVICE_ROLLEDBACK },
		{ "--unplanned", record->unplanned, !withdrawal && !incident },
		{ "--reason", record->reason,
		  withdrawal || record->kind == GATE_EVENT_SERVICE_ROLLEDBACK },
	};

	for (size_t i = 0; i < GATE_COUNT(rows); i++)
		if (rows[i].given && !rows[i].wanted)
			return gate_fail(err, GATE_EUSAGE, "%s says nothing about '%s'",
			                 rows[i].option, gate_event_types[record->kind].summary);
	if (record->planned && record->unplanned)
		return gate_fail(err, GATE_EUSAGE, "--planned and --unplanned exclude each other");
	return GATE_OK;
}

int gate_record(struct gate_buf *said, const struct gate_facts *facts, const struct gate_time *now,
                const struct gate_record *record, struct gate_error *err)
{
	GATE_AUTO(filled_release) struct filled filled = { .said = record };
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 };
	struct gate_json_writer w = { .buf = &json };
	char id[GATE_DIGEST_HEX];
	bool before = false;
	int code;

	code = check_options(record, err);
	if (code == GATE_OK && record->kind == GATE_EVENT_EVENT_WITHDRAWN)
		return withdraw(said, facts, now, record, err);
	if (code == GATE_OK)
		code = fill(&filled, facts, now, err);
	if (code == GATE_OK)
		code = make_id(id, &filled, err);
	if (code < 0)
		return code;
	gate_event_json_begin(&w, record->kind, id, &filled.source, filled.at);
	write_subject(&w, &filled, facts->details);
	write_dora(&w, &filled, facts->repository);
	gate_json_end_map(&w);
	code = spool(&before, facts, now, id, &json, err);
	if (code == GATE_OK) {
		say(said, &filled, before);
		warn_of_service(&filled, facts);
	}
	return code;
}
