#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CDEvents: what we write is valid by the schemas of CDEvents 0.5.1, and all of its conformance events are taken in and given out as they are. Where
# the schemas are not beside this repository it says so and leaves them out.
schemas=$(dirname "$(readlink -f "$0")")/../../../shared/schemas/cdevents-0.5.1
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
if [ ! -d "$schemas" ]; then
	echo 'the schemas of CDEvents are not here: left out'
	exit 0
fi
python=python3
$python -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3
remote origin.git
git clone -q origin.git a
for state in started succeeded failed; do
	doragate -C a record -q deployment $state --id 1 --part eu --previous HEAD --started 2026-01-31T07:00:00Z --at 2026-01-31T08:00:00Z --unplanned
done
doragate -C a record -q rollback --id 2 --reason 'it failed' --cause 1
for state in detected reported resolved; do
	doragate -C a record -q incident $state --id INC/7 --cause 1
done
doragate -C a record -q withdrawal --source https://example.com/shop/doragate/flags --event x --reason 'was a test'
git -C a checkout -q -b topic
git -C a commit -q --allow-empty -m base
echo x >a/x && git -C a add x && git -C a commit -q -m topic
CI=true CI_MERGE_REQUEST_IID=12 doragate -C a check --base origin/HEAD -q || [ $? -ne 2 ]
doragate -C a log export >ours
same 'what was recorded' 9 "$(wc -l <ours)"
$python -W ignore - "$schemas" ours <<'END'
import glob, json, sys
from jsonschema import Draft202012Validator, RefResolver
schemas, store = {}, {}
for path in glob.glob(sys.argv[1] + '/schemas/**/*.json', recursive=True):
    schema = json.load(open(path))
    store[schema.get('$id', path)] = schema
    for name in schema.get('properties', {}).get('context', {}).get('properties', {}).get('type', {}).get('enum', []):
        schemas[name] = schema
checked = 0
for line in open(sys.argv[2]):
    event = json.loads(line)['event']
    name = event['context']['type']
    if name not in schemas:
        assert name.startswith('dev.cdeventsx.doragate-'), name
        continue
    schema = schemas[name]
    Draft202012Validator(schema, resolver=RefResolver.from_schema(schema, store=store)).validate(event)
    checked += 1
assert checked == 6, checked
END
# The conformance events, each over many lines; all have the same few identities.
n=0
for file in "$schemas"/conformance/*.json; do
	doragate -C a log import -q "$file"
	n=$((n + 1))
done
[ $n -ge 45 ] || die "only $n conformance events"
doragate -C a log sync -q
doragate -C a log export >all
same 'events' $((n + 9)) "$(wc -l <all)"
$python -W ignore - all "$schemas" <<'END'
import glob, json, sys
ours = [json.loads(line)['event'] for line in open(sys.argv[1])]
for path in glob.glob(sys.argv[2] + '/conformance/*.json'):
    assert json.load(open(path)) in ours, path
END
doragate -C a log show --all >/dev/null
