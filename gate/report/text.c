/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For people: one line a finding, as compilers write it, so that editors and terminals can jump to it; below it the reason and the command that
 * mends it. The last line of each change is its verdict.
 */
#include "gate/base/escape.h"
#include "gate/report/paint.h"
#include "gate/report/report.h"

#define MORE_PLACES 3

struct text {
	struct gate_buf *out;
	const struct gate_report_style *style;
};

static void color(struct text *text, const char *code)
{
	if (text->style->color)
		gate_buf_puts(text->out, code);
}

static void escaped(struct text *text, const char *bytes)
{
	gate_escape_line(text->out, bytes, strlen(bytes));
}

static bool is_silent(const struct gate_verdict *verdict, const struct gate_finding *finding)
{
	return verdict->shadow_all || finding->rule->mode == GATE_MODE_SHADOW;
}

/* The word in front of a finding, and its color. */
static const char *word(const struct gate_verdict *verdict, const struct gate_finding *finding,
                        const char **paint)
{
	*paint = CYAN;
	if (is_silent(verdict, finding))
		return "shadow";
	if (finding->outcome == GATE_INCONCLUSIVE) {
		*paint = YELLOW;
		return "inconclusive";
	}
	if (finding->rule->severity == GATE_SEVERITY_ERROR)
		*paint = RED;
	else if (finding->rule->severity == GATE_SEVERITY_WARNING)
		*paint = YELLOW;
	return gate_severity_names[finding->rule->severity];
}

/* "src/pay.c:12", "commit 1a2b3c4", or the name of what is judged. */
static void write_place(struct text *text, const struct gate_judged *judged,
                        const struct gate_finding *finding)
{
	color(text, BOLD);
	if (finding->path) {
		escaped(text, finding->path);
		if (finding->line)
			gate_buf_printf(text->out, ":%u", finding->line);
	} else if (finding->commit) {
		gate_buf_printf(text->out, "commit %.7s", finding->commit);
	} else {
		escaped(text, judged->change->name);
	}
	color(text, PLAIN);
}

static void write_row(struct text *text, const char *label, const char *value)
{
	gate_buf_printf(text->out, "    %s: ", label);
	escaped(text, value);
	gate_buf_putc(text->out, '\n');
}

/* The commit where the one line names a file, and its subject. */
static void write_commit(struct text *text, const struct gate_finding *finding)
{
	if (!finding->commit || (!finding->path && !finding->subject))
		return;
	if (finding->path)
		gate_buf_printf(text->out, "    commit: %.7s%s", finding->commit,
		                finding->subject ? " " : "");
	else
		gate_buf_puts(text->out, "    subject: ");
	if (finding->subject)
		gate_escape_cut(text->out, finding->subject, strlen(finding->subject), 72);
	gate_buf_putc(text->out, '\n');
}

static void write_more_places(struct text *text, const struct gate_finding *finding)
{
	if (finding->n_places < 2)
		return;
	for (size_t i = 1; i < finding->n_places && i <= MORE_PLACES; i++) {
		gate_buf_puts(text->out, i == 1 ? "    also: " : ", ");
		escaped(text, finding->places[i].path);
		if (finding->places[i].line)
			gate_buf_printf(text->out, ":%u", finding->places[i].line);
	}
	if (finding->n_all_places > MORE_PLACES + 1)
		gate_buf_printf(text->out, " and %zu more",
		                finding->n_all_places - MORE_PLACES - 1);
	gate_buf_putc(text->out, '\n');
}

/* What the one line has no room for: which commit or service, and the next places. */
static void write_context(struct text *text, const struct gate_finding *finding)
{
	write_commit(text, finding);
	if (finding->service)
		write_row(text, "service", finding->service);
	write_more_places(text, finding);
}

static void write_finding(struct text *text, const struct gate_judged *judged,
                          const struct gate_finding *finding)
{
	const char *paint, *severity = word(judged->verdict, finding, &paint);

	write_place(text, judged, finding);
	gate_buf_puts(text->out, ": ");
	color(text, paint);
	gate_buf_puts(text->out, severity);
	color(text, PLAIN);
	gate_buf_puts(text->out, ": ");
	escaped(text, finding->rule->id);
	gate_buf_puts(text->out, ": ");
	escaped(text, finding->message);
	gate_buf_putc(text->out, '\n');
	write_context(text, finding);
	if (finding->rule->why)
		write_row(text, "why", finding->rule->why);
	if (finding->rule->see)
		write_row(text, "see", finding->rule->see);
	if (finding->fix)
		write_row(text, "fix", finding->fix);
}

/* "2 errors, 1 warning"; false: there is nothing to count. */
static bool write_counts(struct gate_buf *out, const struct gate_verdict *verdict)
{
	const struct {
		size_t n;
		const char *one, *many;
	} counts[] = {
		{ verdict->errors, "error", "errors" },
		{ verdict->inconclusive, "inconclusive rule", "inconclusive rules" },
		{ verdict->warnings, "warning", "warnings" },
		{ verdict->infos, "info", "infos" },
	};
	bool any = false;

	for (size_t i = 0; i < GATE_COUNT(counts); i++) {
		if (!counts[i].n)
			continue;
		gate_buf_printf(out, "%s%zu %s", any ? ", " : ": ", counts[i].n,
		                counts[i].n == 1 ? counts[i].one : counts[i].many);
		any = true;
	}
	return any;
}

/* Rules of one kind, named: "deferred: four-eyes, covered". */
static void write_rules(struct text *text, const struct gate_verdict *verdict,
                        enum gate_outcome outcome, const char *said)
{
	size_t n = 0;

	for (size_t i = 0; i < verdict->n_outcomes; i++) {
		const struct gate_rule_outcome *rule = &verdict->outcomes[i];

		if (rule->outcome != outcome || rule->silent)
			continue;
		gate_buf_puts(text->out, n++ ? ", " : said);
		escaped(text, rule->rule->id);
	}
	if (n)
		gate_buf_putc(text->out, '\n');
}

/* A hook counts them only, and names the command that shows them. */
static void write_shadow(struct text *text, const struct gate_judged *judged)
{
	const struct gate_change *change = judged->change;
	const struct gate_verdict *verdict = judged->verdict;
	char base[GATE_OID_HEX], head[GATE_OID_HEX];

	if (!verdict->shadow)
		return;
	color(text, DIM);
	gate_buf_printf(text->out,
	                "doragate: shadow: %zu rule%s would have spoken; nothing is blocked",
	                verdict->shadow, verdict->shadow == 1 ? "" : "s");
	if (text->style->brief && change->has_head && change->has_base)
		gate_buf_printf(text->out, " (doragate check --base %.10s --head %.10s)",
		                gate_oid_hex(base, &change->base),
		                gate_oid_hex(head, &change->head));
	else if (text->style->brief && change->has_head)
		gate_buf_printf(text->out, " (doragate check --commit %.10s)",
		                gate_oid_hex(head, &change->head));
	color(text, PLAIN);
	gate_buf_putc(text->out, '\n');
}

static void write_summary(struct text *text, const struct gate_judged *judged)
{
	const struct gate_verdict *verdict = judged->verdict;
	const char *said = "passed", *paint = GREEN;

	if (verdict->result == GATE_FAIL) {
		said = "blocked";
		paint = RED;
	} else if (verdict->result == GATE_INCONCLUSIVE) {
		said = "inconclusive, so blocked";
		paint = YELLOW;
	}
	gate_buf_puts(text->out, "doragate: ");
	color(text, paint);
	gate_buf_puts(text->out, said);
	color(text, PLAIN);
	write_counts(text->out, verdict);
	gate_buf_puts(text->out, " in ");
	escaped(text, judged->change->name);
	if (verdict->n_outcomes)
		gate_buf_printf(text->out, " (%zu rule%s)\n", verdict->n_outcomes,
		                verdict->n_outcomes == 1 ? "" : "s");
	else
		gate_buf_printf(text->out, " (no rule at the stage %s)\n",
		                gate_stage_names[judged->change->stage]);
}

/* True when both rules miss the same fact: then one line is enough for both. */
static bool misses_the_same(const struct gate_verdict *verdict, const struct gate_finding *a,
                            const struct gate_finding *b)
{
	return a->outcome == GATE_INCONCLUSIVE && b->outcome == GATE_INCONCLUSIVE &&
	       is_silent(verdict, a) == is_silent(verdict, b) && !strcmp(a->message, b->message) &&
	       !strcmp(a->fix ? a->fix : "", b->fix ? b->fix : "");
}

/* One line for all rules that miss what the first of them misses; nothing when an earlier line named this one. */
static void write_missing(struct text *text, const struct gate_judged *judged, size_t first)
{
	const struct gate_verdict *verdict = judged->verdict;
	const struct gate_finding *finding = &verdict->findings[first];
	const char *paint, *said = word(verdict, finding, &paint);
	size_t n = 0;

	for (size_t i = 0; i < first; i++)
		if (misses_the_same(verdict, &verdict->findings[i], finding))
			return;
	for (size_t i = first; i < verdict->n_findings; i++)
		n += misses_the_same(verdict, &verdict->findings[i], finding);
	/* Alone, it has a place of its own. */
	if (n == 1) {
		write_finding(text, judged, finding);
		return;
	}
	color(text, BOLD);
	escaped(text, judged->change->name);
	color(text, PLAIN);
	gate_buf_puts(text->out, ": ");
	color(text, paint);
	gate_buf_puts(text->out, said);
	color(text, PLAIN);
	for (size_t i = first; i < verdict->n_findings; i++)
		if (misses_the_same(verdict, &verdict->findings[i], finding)) {
			gate_buf_puts(text->out, i == first ? ": " : ", ");
			escaped(text, verdict->findings[i].rule->id);
		}
	gate_buf_puts(text->out, ": ");
	escaped(text, finding->message);
	gate_buf_putc(text->out, '\n');
	if (finding->fix)
		write_row(text, "fix", finding->fix);
}

static bool is_listed(const struct gate_verdict *verdict, const struct gate_finding *finding,
                      const struct gate_report_style *style)
{
	if (!is_silent(verdict, finding))
		return !style->quiet || finding->rule->severity == GATE_SEVERITY_ERROR;
	/* What only watches is shown to whoever asks. */
	return !style->brief && !style->quiet;
}

static void write_judged(struct text *text, const struct gate_judged *judged)
{
	const struct gate_verdict *verdict = judged->verdict;
	bool silent = text->style->quiet || (text->style->brief && verdict->result == GATE_PASS);

	for (size_t i = 0; i < verdict->n_findings; i++) {
		const struct gate_finding *finding = &verdict->findings[i];

		if (!is_listed(verdict, finding, text->style))
			continue;
		if (finding->outcome == GATE_INCONCLUSIVE)
			write_missing(text, judged, i);
		else
			write_finding(text, judged, finding);
	}
	if (!text->style->quiet) {
		write_rules(text, verdict, GATE_DEFERRED, "doragate: deferred to a later stage: ");
		write_shadow(text, judged);
	}
	if (judged->note && !text->style->quiet && (judged->note_matters || !text->style->brief)) {
		gate_buf_puts(text->out, "doragate: note: ");
		escaped(text, judged->note);
		gate_buf_putc(text->out, '\n');
	}
	if (!silent || verdict->result != GATE_PASS || (!text->style->quiet && verdict->warnings))
		write_summary(text, judged);
}

int gate_report_text(struct gate_buf *out, const struct gate_report *report,
                     const struct gate_report_style *style, struct gate_error *err)
{
	struct text text = { out, style };

	for (size_t i = 0; i < report->n; i++)
		write_judged(&text, &report->items[i]);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}
