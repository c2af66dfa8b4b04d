# Sourced by docker_verify.sh: the compose project of several servers, docker-compose.fleet.yml.
# shellcheck shell=sh

stand_in() { # TARGET NAME: build an image of another project from packages, under its own tag
    step "a stand-in for $2"
    docker buildx build --network host --progress plain --secret "id=pipconf,src=$WORK/pip.conf" \
        --build-arg "BASE_IMAGE=$(sed -n 's/^ARG BASE_IMAGE=//p' Dockerfile)" \
        --target "$1" --tag "$2" tools/stand_ins >"$WORK/build-$1.log" 2>&1 \
        || fail_with "$WORK/build-$1.log"
}

stand_ins() {
    for image in $(sed -n 's/^ *image: \([a-z/]*:[0-9.]*\)$/\1/p' docker-compose.fleet.yml | sort -u); do
        name=${image%:*}
        stand_in "${name##*/}" "$image"
    done
}

count_objects() { # print how many uploads and results are in the bucket, by the depot of a server
    compose exec -T server2 python3 -c '
from ffremote.config import load_settings
from ffremote.files.opening import open_storage
depot = open_storage(load_settings()).depot
print(sum(1 for root in ("uploads", "jobs") for _ in depot.listed(root)))'
}

convert() { # NAME: a conversion through the client, in its container
    client run -i film.mp4 --video-codec libx264 --video-preset ultrafast --scale 160:-2 -o "$1" -y
    test -s "$FFREMOTE_WORK/$1"
}

run_fleet() {
    step "compose up: PostgreSQL, SeaweedFS, 2 servers, 4 workers, nginx"
    STARTED=1
    compose config --quiet
    compose up --detach --no-build 2>"$WORK/up.log" || fail_with "$WORK/up.log"
    await_ready
    compose ps --all --format 'table {{.Service}}\t{{.Status}}'
    compose exec -T server1 flask doctor
    mkdir -p "$FFREMOTE_WORK"
    cp samples/bigbuckbunny.mp4 "$FFREMOTE_WORK/film.mp4"
    chown "$FFREMOTE_UID:$FFREMOTE_GID" "$FFREMOTE_WORK" 2>/dev/null || true
    step "a conversion through nginx and the client"
    convert small.mp4
    [ "$(count_objects)" -ge 2 ] || fail "upload and result are not in the bucket"
}

lose_hosts() { # whatever is killed in the middle of a job, the job ends
    step "a server killed, and a conversion by the other one"
    compose kill server1 2>/dev/null
    convert other.mp4
    compose up --detach --no-build 2>/dev/null
    for lost in worker db s3; do
        step "$lost killed in the middle of a job"
        job=$(submit_slow)
        await "$job" running
        compose kill "$lost" 2>/dev/null
        compose up --detach --no-build 2>/dev/null
        await "$job" completed
        client download "$job" -o "$lost.mp4" -y
    done
    step "compose down"
    began=$(date +%s)
    compose --profile client down 2>/dev/null
    took=$(($(date +%s) - began))
    echo "down after $took s"
    [ "$took" -lt 60 ] || fail "a container did not stop within 60 s"
}
