# Sourced by docker_verify.sh: tests that run in each image, and in a running worker.
# shellcheck shell=sh

inside() { # IMAGE SCRIPT: run a shell line with the restrictions of the service
    docker run --rm --platform "linux/$ARCH" --network none --read-only --tmpfs /tmp \
        --cap-drop ALL --security-opt no-new-privileges --entrypoint sh "$1" -ec "$2"
}

try_images() {
    step "the images, one by one"
    for suffix in "" -worker -client; do
        docker image inspect "$(tagged "$suffix")" --format \
            "$(tagged "$suffix") "'{{.Os}}/{{.Architecture}} {{.Size}} bytes, user {{.Config.User}}'
        inside "$(tagged "$suffix")" '
            test "$(id -u)" = 10001
            ! command -v pip gcc cc make git
            test ! -s /etc/pip.conf
            ! touch /opt/ffremote/mark 2>/dev/null
            python3 -c "
import collections, json
bill = json.load(open(\"/usr/share/doc/ffremote/sbom.cdx.json\"))
kinds = collections.Counter(part.get(\"purl\", \"pkg:other\").split(\"/\")[0] for part in bill[\"components\"])
print(\"SBOM\", bill[\"specVersion\"], *(f\"{kind} {count}\" for kind, count in kinds.items()))
assert kinds[\"pkg:pypi\"] > 5 and kinds[\"pkg:deb\"] > 80
"'
    done
    inside "$(tagged -client)" 'ffremote --help >/dev/null'
    inside "$(tagged -worker)" '
        flask db upgrade 2>/dev/null
        python3 -c "
from ffremote.db import database
module = database.sqlite_module()
print(\"SQLite\", module.sqlite_version, \"from\", module.__name__, database.journal_mode())
assert database.is_wal_safe(module.sqlite_version_info) and database.journal_mode() == \"WAL\"
"
        flask doctor >/tmp/doctor || { cat /tmp/doctor; exit 1; }
        cat /tmp/doctor
        grep -q "^ok  *ffmpeg .*, ffprobe [0-9]" /tmp/doctor'
}

try_bills() { # the bills of materials match the schema of CycloneDX
    build sbom -sbom
    for suffix in "" -client; do
        inside "$(tagged "$suffix")" 'cat /usr/share/doc/ffremote/sbom.cdx.json' \
            | docker run --rm --interactive --network none --entrypoint /opt/sbom/bin/python "$(tagged -sbom)" -c '
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
assert wrong is None, wrong'
    done
    echo "valid CycloneDX 1.6"
}

# Prefix of a shell line: sets $FFMPEG to the one that the service found.
# shellcheck disable=SC2016
RESOLVED='FFMPEG=$(python3 -c "
from ffremote import ffmpeg
from ffremote.config import load_settings
print(ffmpeg.locate(load_settings()).ffmpeg)")
'

try_encoder() { # one conversion by FFmpeg as the worker runs it, without the project
    step "an encode in the worker's image"
    inside "$(tagged -worker)" "$RESOLVED"'
        "$FFMPEG" -hide_banner -loglevel error -f lavfi -i testsrc2=d=1 -c:v libx264 -f mp4 \
            -movflags frag_keyframe -y /tmp/out.mp4
        test -s /tmp/out.mp4'
}

try_limits() { # the kernel enforces the limits that .env gives the workers
    step "the limits of both workers"
    workers=$(compose ps --quiet worker)
    [ "$(echo "$workers" | wc -l)" = 2 ] || fail "not two workers: $workers"
    for worker in $workers; do
        docker exec "$worker" sh -ec '
            cd /sys/fs/cgroup
            if [ -e memory.max ]; then
                memory=$(cat memory.max) && read -r quota period <cpu.max
            else
                memory=$(cat memory/memory.limit_in_bytes)
                quota=$(cat cpu/cpu.cfs_quota_us) period=$(cat cpu/cpu.cfs_period_us)
            fi
            echo "memory $memory bytes, processor time $quota of $period us"
            test "$memory" = 2147483648
            test $((quota * 10)) = $((period * 15))' || fail "a limit is not in force"
    done
}

burn_words() { # burned subtitles make black frames white: the image has a font, and the sandbox lets FFmpeg read it
    step "subtitles burned into black pictures"
    in_worker 'printf "1\n00:00:00,000 --> 00:00:02,000\nHELLO\n" \
        | "$FFMPEG" -loglevel error -f lavfi -i color=black:s=320x180:d=2 -f srt -i pipe: \
            -c:v libx264 -c:s srt -f matroska pipe:' </dev/null >"$FFREMOTE_WORK/words.mkv"
    client run -i words.mkv --video-codec libx264 --subtitles burn -o burned.mkv -y
    in_worker '"$FFMPEG" -loglevel error -f matroska -i pipe: -frames:v 1 -pix_fmt gray -f rawvideo pipe: \
        | python3 -c "
import sys
brightest = max(sys.stdin.buffer.read())
print(\"brightest\", brightest)
assert brightest > 150, \"the letters are missing\""' <"$FFREMOTE_WORK/burned.mkv"
}

in_worker() { compose exec -T worker sh -ec "$RESOLVED$1"; } # a shell line in a running worker
