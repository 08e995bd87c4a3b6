/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/zone.h"

#define HEADER 44
/* RFC 9636: what no sane offset leaves. */
#define OFFSET_MIN (-89999)
#define OFFSET_MAX 93599
#define MAX_TYPES 256

struct block {
	const unsigned char *bytes; /* behind the header */
	size_t utc_marks, standard_marks, leaps, times, types, chars;
	size_t time_size, size;
};

static uint32_t read32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_signed(const unsigned char *p, size_t size)
{
	if (size == 4)
		return (int32_t)read32(p);
	return (int64_t)((uint64_t)read32(p) << 32 | read32(p + 4));
}

/* A header and the data it announces; `*version` is its byte. False when there is less, or no header. */
static bool read_block(struct block *block, const unsigned char *bytes, size_t len, bool first,
                       char *version)
{
	const unsigned char *counts = bytes + 20;
	uint64_t need;

	if (len < HEADER || memcmp(bytes, "TZif", 4) != 0)
		return false;
	*version = (char)bytes[4];
	block->bytes = bytes + HEADER;
	block->time_size = first ? 4 : 8;
	block->utc_marks = read32(counts);
	block->standard_marks = read32(counts + 4);
	block->leaps = read32(counts + 8);
	block->times = read32(counts + 12);
	block->types = read32(counts + 16);
	block->chars = read32(counts + 20);
	/* Each count is less than 2^32, so that 64 bits are enough for the sum. */
	need = (uint64_t)block->times * (block->time_size + 1) + (uint64_t)block->types * 6 +
	       block->chars + (uint64_t)block->leaps * (block->time_size + 4) +
	       block->standard_marks + block->utc_marks;
	block->size = (size_t)need;
	return need <= len - HEADER;
}

static bool counts_are_good(const struct block *block)
{
	return block->types >= 1 && block->types <= MAX_TYPES && block->leaps == 0 &&
	       (block->utc_marks == 0 || block->utc_marks == block->types) &&
	       (block->standard_marks == 0 || block->standard_marks == block->types);
}

static int32_t offset_of_type(const struct block *block, size_t type)
{
	const unsigned char *types = block->bytes + block->times * (block->time_size + 1);

	return (int32_t)read32(types + type * 6);
}

static bool fill(struct gate_zone *zone, const struct block *block)
{
	const unsigned char *index = block->bytes + block->times * block->time_size;

	for (size_t i = 0; i < block->types; i++) {
		zone->offsets[i] = offset_of_type(block, i);
		if (zone->offsets[i] < OFFSET_MIN || zone->offsets[i] > OFFSET_MAX)
			return false;
	}
	zone->offset_count = block->types;
	zone->first_offset = zone->offsets[0];
	for (size_t i = 0; i < block->times; i++) {
		zone->at[i] = read_signed(block->bytes + i * block->time_size, block->time_size);
		if (index[i] >= block->types || (i && zone->at[i] <= zone->at[i - 1]))
			return false;
		zone->offset[i] = zone->offsets[index[i]];
	}
	zone->count = block->times;
	return true;
}

/* "\n" rule "\n"; without a rule the last transition holds for ever. */
static bool read_footer(struct gate_zone *zone, const unsigned char *bytes, size_t len)
{
	const unsigned char *end = len > 1 ? memchr(bytes + 1, '\n', len - 1) : NULL;

	if (!end || bytes[0] != '\n')
		return false;
	if (end == bytes + 1)
		return true;
	if (!gate_zone_rule_parse(&zone->rule, (const char *)bytes + 1, (size_t)(end - bytes) - 1))
		return false;
	zone->offsets[zone->offset_count++] = zone->rule.standard;
	if (zone->rule.has_summer)
		zone->offsets[zone->offset_count++] = zone->rule.summer;
	return true;
}

static int damaged(struct gate_error *err, const char *name)
{
	return gate_fail(err, GATE_ECONFIG, "the file of the time zone '%s' is damaged", name);
}

int gate_zone_parse(struct gate_zone **out, const char *name, const char *bytes, size_t len,
                    struct gate_error *err)
{
	GATE_AUTO(gate_zone_free) struct gate_zone *zone = calloc(1, sizeof(*zone));
	const unsigned char *data = (const unsigned char *)bytes;
	struct block block;
	char version;

	if (!zone)
		return gate_fail_memory(err);
	if (!read_block(&block, data, len, true, &version))
		return damaged(err, name);
	if (version >= '2') {
		size_t skip = HEADER + block.size;
		char again;

		data += skip;
		len -= skip;
		if (!read_block(&block, data, len, false, &again) || again != version)
			return damaged(err, name);
	}
	if (block.leaps)
		return gate_fail(err, GATE_ECONFIG, "the time zone '%s' counts leap seconds", name);
	if (!counts_are_good(&block))
		return damaged(err, name);
	zone->name = gate_copy(name, strlen(name));
	zone->at = calloc(block.times + 1, sizeof(*zone->at));
	zone->offset = calloc(block.times + 1, sizeof(*zone->offset));
	zone->offsets = calloc(block.types + 2, sizeof(*zone->offsets));
	if (!zone->name || !zone->at || !zone->offset || !zone->offsets)
		return gate_fail_memory(err);
	if (!fill(zone, &block))
		return damaged(err, name);
	if (version >= '2' &&
	    !read_footer(zone, block.bytes + block.size, len - HEADER - block.size))
		return damaged(err, name);
	*out = gate_steal(&zone);
	return GATE_OK;
}
