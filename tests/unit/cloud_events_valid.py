"""Validates the golden CloudEvents against a JSON schema: cloud_events_valid.py <schema> <lines>"""

import json
import sys

import jsonschema


def main(schema_file, lines_file):
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    validator_of = jsonschema.validators.validator_for(schema)
    validator_of.check_schema(schema)
    validator = validator_of(schema)
    with open(lines_file, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not lines:
        sys.exit("there are no events")
    faults = 0
    for number, line in enumerate(lines, 1):
        for fault in validator.iter_errors(json.loads(line)):
            print(f"{lines_file}:{number}: {'/'.join(map(str, fault.path))}: {fault.message}")
            faults += 1
    spoilt = dict(json.loads(lines[0]), specversion="0.3")
    if validator.is_valid(spoilt):
        sys.exit("an event of another version is not noticed")
    print(f"{len(lines)} events, {faults} faults")
    sys.exit(1 if faults else 0)


main(*sys.argv[1:])
