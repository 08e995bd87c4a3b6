/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/gate.h"

const char *gate_version(void)
{
	return GATE_VERSION;
}
