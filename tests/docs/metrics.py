# SPDX-License-Identifier: Apache-2.0
"""metrics.py SCHEMA FILE...: the reports of `doragate metrics` in FILE... are what SCHEMA describes.

The schema is closed and describes every member; members stand in its order; a report with a member more or less is not valid.
"""

import sys

from jsonschema import Draft202012Validator

from verdict import Walker, check_closed, check_schema, load


def main(schema_path, paths):
    schema = load(schema_path)
    check_schema(schema)
    validator = Draft202012Validator(schema)
    walker = Walker(schema)
    complaints = []
    levels = set()
    for path in paths:
        report = load(path)
        errors = [f"{path}: {'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(report)]
        if errors:
            return errors
        for name, value, part in walker.objects(report, schema, "verdict"):
            if list(value) != list(part["properties"]):
                complaints.append(f"{path}: {name}: members in the order {list(value)}")
        levels.update(service["level"] for service in report["services"])
        check_closed(validator, report, walker)
    if levels <= {None}:
        complaints.append("no report here has a level")
    return complaints


if __name__ == "__main__":
    found = main(sys.argv[1], sys.argv[2:])
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
