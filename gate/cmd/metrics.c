/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/file.h"
#include "gate/cmd/measured.h"

struct metrics_options {
	struct gate_measured measured;
};

static const struct gate_option options[] = {
	GATE_MEASURED_OPTIONS(struct metrics_options),
	{ 0 },
};

static int compute(struct gate_figures **out, size_t *n, const struct metrics_options *opts,
                   const struct gate_measurement *all, struct gate_error *err)
{
	const struct gate_metrics *metrics = &all->metrics;
	GATE_AUTO(gate_free)
	struct gate_figures *figures = calloc(metrics->n_streams + 1, sizeof(*figures));

	if (!figures)
		return gate_fail_memory(err);
	for (size_t i = 0; i < metrics->n_streams; i++) {
		int code;

		if (!gate_measured_wants(&opts->measured, all, &metrics->streams[i]))
			continue;
		code = gate_figures_compute(&figures[*n], &metrics->streams[i], &all->window,
		                            all->input.now, err);
		if (code < 0)
			return code;
		(*n)++;
	}
	*out = gate_steal(&figures);
	return GATE_OK;
}

static int write(const struct gate_context *context, const struct gate_metrics_report *report,
                 struct gate_error *err)
{
	const struct gate_common *common = &context->common;
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	struct gate_report_style style = { 0 };
	int code;

	style.color = common->color && strcmp(common->color, "auto") != 0
	                      ? !strcmp(common->color, "always")
	                      : gate_talk_color(1);
	if (common->format && !strcmp(common->format, "json"))
		code = gate_metrics_json(&out, report, err);
	else
		code = gate_metrics_text(&out, report, &style, err);
	return code < 0 ? code
	                : gate_fd_write(1, "standard output", gate_buf_text(&out), out.len, err);
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	const struct metrics_options *options_ = opts;
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	GATE_AUTO(gate_free) struct gate_figures *figures = NULL;
	struct gate_metrics_head head;
	struct gate_metrics_report report = { .head = &head };
	int code;

	if (n_args)
		return gate_fail(err, GATE_EUSAGE, "metrics takes no argument '%s'", args[0]);
	code = gate_measured_open(&all, &options_->measured, context, err);
	if (code == GATE_OK)
		code = compute(&figures, &report.n, options_, &all, err);
	if (code < 0)
		return code;
	report.figures = figures;
	head = gate_measured_head(&all);
	for (size_t i = 0; i < report.n; i++)
		head.guessed |= all.log.remote && gate_lead_is_guessed(&figures[i]);
	code = write(context, &report, err);
	return code < 0 ? code : GATE_EXIT_PASSED;
}

const struct gate_command gate_command_metrics = {
	.name = "metrics",
	.synopsis = "",
	.summary = "show the five DORA metrics of each service",
	.options = options,
	.size = sizeof(struct metrics_options),
	.needs_repo = true,
	.reports = true,
	.run = run,
};
