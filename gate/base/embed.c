/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/embed.h"

const struct gate_embedded *gate_embed_find(const char *name)
{
	for (size_t i = 0; i < gate_embedded_count; i++)
		if (!strcmp(gate_embedded_files[i].name, name))
			return &gate_embedded_files[i];
	return NULL;
}
