/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the reports of what is measured share to write with. For this folder only.
 */
#ifndef GATE_REPORT_PAGE_H
#define GATE_REPORT_PAGE_H

#include "gate/base/json.h"
#include "gate/report/metrics.h"

#define PAGE_COLUMNS 100 /* of a line; names from outside may make one longer */

struct page {
	struct gate_buf *out;
	const struct gate_report_style *style;
};

/** A color of paint.h, where there are colors. */
void page_color(struct page *page, const char *code);
/** A name from outside. */
void page_escaped(struct page *page, const char *bytes);
/** A text that was put together apart. What ran out of memory there is not whole here. */
const char *page_whole(struct page *page, const struct gate_buf *part);
/**
 * Parts with `between` between them, in lines that end where the page does and begin in one column. The first line is there up to that column. ASCII.
 */
void page_parts(struct page *page, size_t column, const char *parts, const char *between);

/** "window": the instants in UTC, and whose days and weeks they are. */
void window_json(struct gate_json_writer *w, const struct gate_window *window);

#endif
