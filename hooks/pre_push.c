/* SPDX-License-Identifier: Apache-2.0 */
/* doragate-pre-push: judges every ref that a push sends. Arguments and standard input as githooks(5) has them. */
#include "gate/flow/push.h"

int main(int argc, char *argv[])
{
	return gate_push_hook(argc, argv);
}
