/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/config/merge.h"

bool gate_config_is_name(const char *name)
{
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return strspn(name, first) > 0 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
	               strlen(name);
}
