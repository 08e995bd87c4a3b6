# SPDX-License-Identifier: Apache-2.0
"""verdict.py SCHEMA FILE...: the verdicts in FILE... are what SCHEMA describes, and SCHEMA describes all of them.

Beside FILE.json lies FILE.exit, the exit code of the program. What is checked:
- the schema is one, of draft 2020-12; every object is closed, requires all its members and describes each;
- each verdict is valid, has its members in the order of the schema, and names the exit code that the program had;
- a verdict with a member more or a member less is not valid, wherever in it that is;
- together the verdicts show every member with a value, so that none is described and never seen.
"""

import copy
import json
import sys

from jsonschema import Draft202012Validator


def load(path):
    def pairs(items):
        keys = [key for key, _ in items]
        assert len(keys) == len(set(keys)), f"{path}: duplicate member in {keys}"
        return dict(items)

    with open(path, encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=pairs)


class Walker:
    """Goes through a verdict and the schema side by side."""

    def __init__(self, schema):
        self.schema = schema

    def resolve(self, part):
        """What a reference, or the alternative to null, leads to."""
        if "oneOf" in part:
            part = part["oneOf"][-1]
        if "$ref" in part:
            part = self.schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
        return part

    def objects(self, value, part, name):
        """Yields (name, object, its schema) for every object, outermost first."""
        part = self.resolve(part)
        if isinstance(value, dict):
            yield name, value, part
            for key, member in value.items():
                yield from self.objects(member, part["properties"][key], f"{name}.{key}")
        elif isinstance(value, list):
            for member in value:
                yield from self.objects(member, part["items"], name)


def check_schema(schema):
    Draft202012Validator.check_schema(schema)
    def visit(part, name):
        if "properties" in part:
            assert part.get("additionalProperties") is False, f"{name} is open"
            assert part["required"] == list(part["properties"]), f"{name} does not require its members, in their order"
            for key, member in part["properties"].items():
                target = schema["$defs"][member["$ref"].rsplit("/", 1)[1]] if "$ref" in member else {}
                assert member.get("description") or target.get("description"), f"{name}.{key} is not described"
                visit(member, f"{name}.{key}")

    visit(schema, "verdict")
    for name, part in schema["$defs"].items():
        visit(part, name)


def check_closed(validator, verdict, walker):
    """One object of each kind is enough; all of them would take a minute."""
    seen = set()
    for name, value, _ in list(walker.objects(verdict, walker.schema, "verdict")):
        if name in seen:
            continue
        seen.add(name)
        value["surprise"] = None
        assert not validator.is_valid(verdict), f"{name} may have a member more"
        del value["surprise"]
        for key in list(value):
            before = copy.copy(value)
            del value[key]
            assert not validator.is_valid(verdict), f"{name} may lack {key}"
            value.clear()
            value.update(before)
    assert validator.is_valid(verdict)


def main(schema_path, paths):
    schema = load(schema_path)
    check_schema(schema)
    validator = Draft202012Validator(schema)
    walker = Walker(schema)
    valued, named = set(), set()
    exits = set()
    for path in paths:
        verdict = load(path)
        errors = [f"{path}: {'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(verdict)]
        if errors:
            return errors
        with open(path[: -len("json")] + "exit", encoding="ascii") as file:
            code = int(file.read())
        if verdict["exit"] != code:
            return [f"{path}: says exit {verdict['exit']}, and the program ended with {code}"]
        exits.add(code)
        for name, value, part in walker.objects(verdict, schema, "verdict"):
            if list(value) != list(part["properties"]):
                return [f"{path}: {name}: members in the order {list(value)}"]
            named.update(f"{name}.{key}" for key in value)
            valued.update(f"{name}.{key}" for key, member in value.items() if member not in (None, "", []))
        check_closed(validator, verdict, walker)
    unseen = [f"no verdict here has a value for {name}" for name in sorted(named - valued)]
    unseen += [f"no verdict here ends with {code}" for code in sorted({0, 1, 3} - exits)]
    return unseen


if __name__ == "__main__":
    complaints = main(sys.argv[1], sys.argv[2:])
    print("\n".join(complaints), end="\n" if complaints else "")
    sys.exit(bool(complaints))
