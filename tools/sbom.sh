#!/bin/sh
# Print the bill of materials of the image that this runs in: sbom.sh TITLE VERSION. Used by the Dockerfile.
set -eu
room=/opt/sbom
"$room/bin/cyclonedx-py" environment --spec-version 1.6 --output-reproducible \
    --output-file /tmp/python.json /opt/ffremote/bin/python
"$room/bin/python" "$room/sbom.py" "$1" "$2" </tmp/python.json >/tmp/whole.json
"$room/bin/python" -c '
import pathlib
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = pathlib.Path("/tmp/whole.json").read_text()
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
assert wrong is None, wrong'
cat /tmp/whole.json
