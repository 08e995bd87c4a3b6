/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A line of the log as an event: what its identity, its order and its place follow from. docs/event-log-format.md has the terms.
 *
 * The bytes of a line are never printed anew: what others wrote is kept as it is.
 */
#ifndef GATE_LOG_EVENT_H
#define GATE_LOG_EVENT_H

#include "gate/base/clock.h"
#include "gate/base/digest.h"
#include "gate/base/json_text.h"

/** Of two events at one time, which comes first. */
enum gate_phase {
	GATE_PHASE_STARTED,
	GATE_PHASE_DEPLOYED,
	GATE_PHASE_FAILED,
	GATE_PHASE_DETECTED,
	GATE_PHASE_REPORTED,
	GATE_PHASE_RESOLVED,
	GATE_PHASE_OTHER,
};

enum gate_event_kind {
#define GATE_EVENT(name, type, version, phase, summary) GATE_EVENT_##name,
#include "gate/log/event.def"
#undef GATE_EVENT
	GATE_EVENT_KINDS,                     /* how many there are */
	GATE_EVENT_UNKNOWN = GATE_EVENT_KINDS /* of a type that has no meaning here */
};

struct gate_event_type {
	const char *type, *version; /* "dev.cdevents.service.deployed", "0.3.0" */
	enum gate_phase phase;
	const char *summary; /* for people: "deployed" */
};
extern const struct gate_event_type gate_event_types[GATE_EVENT_KINDS];

/** Bytes of somebody else: they may hold anything, NULs too. */
struct gate_slice {
	const char *ptr;
	size_t len;
};

struct gate_identity {
	struct gate_slice source, id;
};
/** Source, then id, as bytes. */
int gate_identity_compare(const struct gate_identity *a, const struct gate_identity *b);
/** SHA-256(source NUL id): what names an identity in the tree. GATE_ENOMEM. */
int gate_identity_key(char key[GATE_DIGEST_HEX], const struct gate_identity *identity,
                      struct gate_error *err);

struct gate_event {
	struct gate_slice line; /* the whole line, without its newline; borrowed */
	struct gate_slice json; /* the event in it */
	struct gate_identity identity;
	struct gate_slice type; /* with its version */
	enum gate_event_kind kind;
	enum gate_phase phase;
	struct gate_time time, recorded;
	char key[GATE_DIGEST_HEX]; /* SHA-256(source NUL id) */
	const struct gate_identity *supersedes;
	size_t n_supersedes;
};

/** Reads many lines; what events point to lives in its arena. Zero-initialise. */
struct gate_event_reader {
	struct gate_arena arena;
	struct gate_json_text text; /* of the line that was read last */
};
void gate_event_reader_release(struct gate_event_reader *reader);
GATE_DEFINE_AUTO_STRUCT(struct gate_event_reader, gate_event_reader_release)

/**
 * Reads a line, which is borrowed and must outlive the event. GATE_ECONFIG: an odd line; the message says why, err->line and err->column where. `bare`: an event
 * without `recorded` is taken too, as recorded at its timestamp.
 */
int gate_event_read(struct gate_event *out, struct gate_event_reader *reader, const char *line,
                    size_t len, bool bare, struct gate_error *err);

/** Appends a member of `customData.dora`, or of `subject.content` ("environment" as its id), as text; nothing when it is not there or no text. The event was read last by this reader. */
void gate_event_dora(struct gate_buf *out, const struct gate_event_reader *reader,
                     const char *name);
void gate_event_content(struct gate_buf *out, const struct gate_event_reader *reader,
                        const char *name);
/** Appends a member of `customData.dora.range` likewise; a number as it stands. */
void gate_event_range(struct gate_buf *out, const struct gate_event_reader *reader,
                      const char *name);
/** Appends a member of `context` likewise. */
void gate_event_context(struct gate_buf *out, const struct gate_event_reader *reader,
                        const char *name);
/** A member of `customData.dora` that is true or false. False: it is neither, or not there, and *out is as before. */
bool gate_event_dora_bool(bool *out, const struct gate_event_reader *reader, const char *name);
/** Appends subject.id likewise. */
void gate_event_subject(struct gate_buf *out, const struct gate_event_reader *reader);
/** Appends the service that an event names; of a record of a deployment that names none its subject. `event` was read last by this reader. */
void gate_event_service(struct gate_buf *out, const struct gate_event_reader *reader,
                        const struct gate_event *event);
/** Appends the id of the deployment or the incident that it is a record of likewise; nothing when it is neither. */
void gate_event_about(struct gate_buf *out, const struct gate_event_reader *reader,
                      const struct gate_event *event);

/** Appends the line of an event: any JSON text that gate_event_read takes as bare. GATE_ECONFIG with place. Ends with LF. */
int gate_event_line(struct gate_buf *out, const struct gate_time *recorded, const char *file,
                    const char *json, size_t len, struct gate_error *err);

/** The order of lines in a file of the tree: time, source, id, bytes. For qsort over pointers: see gate_events_unite. */
int gate_event_compare_place(const struct gate_event *a, const struct gate_event *b);
/** The total order of events: time, phase, source, id; then recorded and bytes, so that it is total for lines too. */
int gate_event_compare(const struct gate_event *a, const struct gate_event *b);

/**
 * Sorts events into the order of a file and leaves one line of those with equal events: the one recorded first. Returns how many are left in
 * *n. GATE_ENOMEM.
 */
int gate_events_unite(struct gate_event **events, size_t *n, struct gate_error *err);

#endif
