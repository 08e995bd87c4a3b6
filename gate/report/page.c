/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/report/page.h"

#include "gate/base/escape.h"

void page_color(struct page *page, const char *code)
{
	if (page->style->color)
		gate_buf_puts(page->out, code);
}

void page_escaped(struct page *page, const char *bytes)
{
	gate_escape_cut(page->out, bytes, strlen(bytes), 60);
}

const char *page_whole(struct page *page, const struct gate_buf *part)
{
	if (gate_buf_failed(part))
		page->out->failed = true;
	return gate_buf_text(part);
}

void page_parts(struct page *page, size_t column, const char *parts, const char *between)
{
	size_t at = column;

	while (*parts) {
		const char *end = strstr(parts, between);
		const size_t len = end ? (size_t)(end - parts) : strlen(parts);

		if (at > column && at + strlen(between) + len > PAGE_COLUMNS) {
			gate_buf_printf(page->out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			gate_buf_puts(page->out, between);
			at += strlen(between);
		}
		gate_buf_add(page->out, parts, len);
		at += len;
		parts += len + (end ? strlen(between) : 0);
	}
}
