#!/bin/sh
# Build the images and run the compose project end to end: docker_verify.sh [--platform linux/arm64]
# [--ffmpeg wheel] [--fleet] [--keep]. Uses the engine that `docker` finds, or else a private one (Debian, root).
# For another architecture only the images are built and tested, not the compose project. With --fleet
# the project is that of docker-compose.fleet.yml; a private engine has stand-ins for foreign images.
set -eu
cd "$(dirname "$0")/.."
PLATFORM="" FFMPEG=debian FLEET="" PRIVATE="" KEEP=""
while [ $# -gt 0 ]; do
    case $1 in
    --platform) PLATFORM=$2 && shift 2 ;;
    --ffmpeg) FFMPEG=$2 && shift 2 ;;
    --fleet) FLEET=1 && shift ;;
    --keep) KEEP=1 && shift ;;
    *) echo "docker-verify: unknown option $1" >&2 && exit 2 ;;
    esac
done
case $(uname -m) in x86_64) NATIVE=amd64 ;; aarch64 | arm64) NATIVE=arm64 ;; *) NATIVE=$(uname -m) ;; esac
ARCH=${PLATFORM#linux/}
ARCH=${ARCH:-$NATIVE}
WORK=${DOCKER_VERIFY_WORK:-/tmp/ffremote-docker-verify}
PROJECT=ffremote-verify-$$
BEGAN=$(date +%s)
export FFREMOTE_TAG="verify-$ARCH-$FFMPEG" FFREMOTE_PUBLISH="127.0.0.1:${DOCKER_VERIFY_PORT:-18080}"
mkdir -p "$WORK/cache"

step() { printf '[%4d s] %s\n' $(($(date +%s) - BEGAN)) "$*"; }
fail() { echo "docker-verify: $*" >&2 && exit 1; }
fail_with() { tail -n 40 "$1" >&2 && fail "see $1"; }
compose() { docker compose --project-name "$PROJECT" "$@"; }
tagged() { echo "ffremote$1:$FFREMOTE_TAG"; }

# shellcheck source=tools/private_engine.sh
. tools/private_engine.sh
# shellcheck source=tools/image_trials.sh
. tools/image_trials.sh
# shellcheck source=tools/fleet_trial.sh
. tools/fleet_trial.sh

finish() {
    status=$?
    trap - EXIT
    if [ -n "$STARTED" ]; then
        [ $status = 0 ] || compose logs --tail 40 >&2 || true
        compose --profile client down --volumes --remove-orphans >/dev/null 2>&1 || true
    fi
    if [ -n "$KEEP" ]; then
        echo "kept: export DOCKER_HOST=${DOCKER_HOST:-} DOCKER_CONFIG=${DOCKER_CONFIG:-}"
    else
        stop_engine
    fi
    step "exit $status"
    exit $status
}

build() { # TARGET SUFFIX
    step "build $1 for $ARCH, FFmpeg from $FFMPEG"
    printf '[global]\n%s\n' "${PIP_INDEX_URL:+index-url = $PIP_INDEX_URL}" >"$WORK/pip.conf"
    docker buildx build --platform "linux/$ARCH" --network host --progress plain \
        --secret "id=pipconf,src=$WORK/pip.conf" --build-arg "FFMPEG=$FFMPEG" \
        --build-arg "VERSION=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' ffremote/version.py)" \
        --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
        --build-arg "CREATED=$(git show -s --format=%cI HEAD 2>/dev/null || echo unknown)" \
        --target "$1" --tag "$(tagged "$2")" . >"$WORK/build-$1.log" 2>&1 \
        || fail_with "$WORK/build-$1.log"
}

try_service() { # server, worker and client in one container, where emulation is too slow for the project
    step "a conversion through server, worker and client of $ARCH"
    box=$(docker run --detach --platform "linux/$ARCH" --network none --read-only --tmpfs /tmp \
        --cap-drop ALL --security-opt no-new-privileges --volume "$PWD/samples:/samples:ro" \
        "$(tagged "")" sh -c 'flask db upgrade && exec ffremote-server')
    for _ in $(seq 300); do
        health=$(docker inspect --format '{{.State.Health.Status}}' "$box")
        [ "$health" != healthy ] || break
        sleep 1
    done
    echo "server is $health"
    [ "$health" = healthy ] || { docker logs "$box" >&2; fail "the server is $health"; }
    docker exec "$box" sh -ec '
        cd /tmp
        ffremote-worker & worker=$!
        ffremote run -i /samples/bigbuckbunny.mp4 --video-codec libx264 --video-preset ultrafast \
            --scale 160:-2 -o small.mp4
        kill "$worker"
        wait "$worker"
        uname -m
        ls -l small.mp4
        python3 -c "
from ffremote.db import database
print(*database.sqlite_module().connect(\"/data/ffremote.db\").execute(
    \"select state, attempt, result_bytes from jobs\").fetchone())"'
    docker rm --force --volumes "$box" >/dev/null
}

run_project() { # the main use: compose up, then the client in a container
    step "compose up"
    STARTED=1
    compose config --quiet
    compose up --detach --no-build --scale worker=2 2>"$WORK/up.log" || fail_with "$WORK/up.log"
    await_ready
    compose ps --all --format 'table {{.Service}}\t{{.Status}}'
    try_limits
    compose exec -T worker flask doctor
    step "a conversion through the client"
    mkdir -p "$FFREMOTE_WORK"
    cp samples/bigbuckbunny.mp4 "$FFREMOTE_WORK/film.mp4"
    chown "$FFREMOTE_UID:$FFREMOTE_GID" "$FFREMOTE_WORK" 2>/dev/null || true
    client doctor
    client run -i film.mp4 --video-codec libx264 --crf 28 --scale 640:-2 -o small.mp4 -y
    test -s "$FFREMOTE_WORK/small.mp4"
    burn_words
}

work_from_afar() { # the worker's image without the volume: it knows a URL and a token, nothing else
    step "a conversion by a worker over HTTP"
    token=$(compose exec -T server flask token add attic --worker | tail -n 1)
    compose stop worker 2>/dev/null
    box=$(docker run --detach --network "${PROJECT}_default" --read-only --tmpfs /tmp --cap-drop ALL \
        --security-opt no-new-privileges --env FFREMOTE_WORKER_SERVER=http://server:8080 \
        --env "FFREMOTE_WORKER_TOKEN=${token##* }" "$(tagged -worker)")
    client run -i film.mp4 --video-codec libx264 --video-preset ultrafast --scale 320:-2 -o afar.mp4 -y || {
        docker logs "$box" >&2
        fail "a worker over HTTP makes nothing"
    }
    test -s "$FFREMOTE_WORK/afar.mp4"
    docker rm --force --volumes "$box" >/dev/null
    compose up --detach --no-build 2>/dev/null
}

lose_and_recover() { # a killed worker, then the whole project taken down in the middle of a job
    step "a worker killed in the middle of a job"
    job=$(submit_slow)
    await "$job" running
    compose kill worker 2>/dev/null
    compose up --detach --no-build 2>/dev/null
    await "$job" completed
    step "the project down and up again in the middle of a job"
    job=$(submit_slow)
    await "$job" running
    began=$(date +%s)
    compose --profile client down 2>/dev/null
    took=$(($(date +%s) - began))
    echo "down after $took s"
    [ "$took" -lt 20 ] || fail "a container did not stop within 20 s"
    compose up --detach --no-build 2>/dev/null
    await "$job" completed
    compose exec -T worker python3 -c '
from ffremote.db import database
database = database.sqlite_module().connect("file:/data/ffremote.db?mode=ro", uri=True)
for row in database.execute("select state, attempt, losses from jobs order by created_at"): print(*row)
mode = database.execute("pragma journal_mode").fetchone()[0]
print("journal", mode)
assert mode == "wal"'
}

client() { compose run --rm --no-deps -T client "$@"; }

submit_slow() {
    client --quiet submit -i film.mp4 --video-codec libx264 --video-preset slower --scale 1280:-2 \
        -o slow.mp4
}

ask() { # PATH FIELD: print a field of a response of the published API
    python3 -c 'import json, sys, urllib.request
print(json.load(urllib.request.urlopen(sys.argv[1], timeout=5))[sys.argv[2]])' \
        "http://$FFREMOTE_PUBLISH$1" "$2" 2>/dev/null
}

await() { # JOB STATE
    for _ in $(seq 300); do
        state=$(ask "/api/v1/jobs/$1/status" state) || state=unreachable
        [ "$state" != "$2" ] || { echo "$1 is $state" && return; }
        case $state in failed | canceled | completed) fail "the job $1 is $state, not $2" ;; esac
        sleep 0.5
    done
    fail "the job $1 is still $state, not $2"
}

await_ready() {
    for _ in $(seq 120); do
        ask /readyz ready >/dev/null && return
        sleep 0.5
    done
    fail "the service does not get ready"
}

STARTED=""
export FFREMOTE_WORK="$WORK/work" FFREMOTE_UID=1000 FFREMOTE_GID=1000
export FFREMOTE_WORKERS=2 FFREMOTE_WORKER_CPUS=1.5 FFREMOTE_WORKER_MEMORY=2g
trap finish EXIT
trap 'exit 130' INT TERM
docker buildx version >/dev/null 2>&1 && docker info >/dev/null 2>&1 || { PRIVATE=1 && private_engine; }
build server ""
build worker -worker
build client -client
if [ -n "$FLEET" ]; then
    [ -z "$PRIVATE" ] || stand_ins
    export COMPOSE_FILE=docker-compose.fleet.yml FFREMOTE_WORKERS=4
    export FFREMOTE_DB_PASSWORD=verify FFREMOTE_S3_SECRET=verify-secret
    run_fleet
    lose_hosts
    step "all is well"
    exit
fi
try_images
try_encoder
if [ "$ARCH" = "$NATIVE" ]; then
    try_bills
    run_project
    work_from_afar
    lose_and_recover
else
    try_service
fi
step "all is well"
