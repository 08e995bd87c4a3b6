/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/gate.h"

#include <stdio.h>
#include <string.h>

int main(void)
{
	if (!strcmp(gate_version(), EXPECTED) && !strcmp(GATE_VERSION, EXPECTED))
		return 0;
	fprintf(stderr, "the library says %s, gate.h %s, CMake %s\n", gate_version(), GATE_VERSION,
	        EXPECTED);
	return 1;
}
