/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doragate: Git hooks and CI gates.
 *
 * A map of the program. Folders are layers; a file includes from its own and from those printed above it:
 *
 *     base/      memory, strings, patterns, time, files, processes, YAML, JSON: no domain
 *     git/       the only folder that knows libgit2: repository, history, trees, lines, messages, refs
 *     config/    .doragate.yml, presets, what extends what -> struct gate_config
 *     read/      files that other programs own, as structs: flags, migrations, services
 *     log/       events, the spool, stores; what counts
 *     metrics/   events + history -> deployments, lead times, failures, recovery; computes, writes nothing
 *     change/    what is judged: where it starts and ends, its parts on demand -> struct gate_change
 *     policy/    rules, predicates, engine -> struct gate_verdict; writes nothing
 *     report/    verdicts -> text, JSON, exit codes
 *     flow/      judge, push, install: once each, for hooks and commands
 *     cmd/       one file for each command
 *
 * The way of the data, for `doragate check` and for the hooks alike:
 *
 *     gate_main()                  finds the command and parses its options       cmd/run.c
 *       gate_change_from_*()       hook input or revisions -> change              change/push.c, range.c
 *       gate_judge()               reads the judge's policy, compiles, runs       flow/judge.c
 *         gate_config_load()       files, presets, sets -> merged configuration   config/
 *         gate_rules_compile()     YAML nodes -> expressions of predicates        policy/rule.c, expr.c
 *         gate_engine_run()        rules x items -> outcomes and findings         policy/engine.c
 *       gate_write_report()        verdict -> text or JSON, and the exit code     report/
 *
 * hooks/ holds one small main for each Git hook; they start in flow/ and know no command.
 */
#include "gate/cmd/cmd.h"

int main(int argc, char *argv[])
{
	return gate_main(argc, argv);
}
