#!/bin/sh
# Build the images for each architecture, push them, and join them under tags for all architectures; without
# --push, only print the commands. images.sh [--push] [build | join] REPOSITORY, such as
# `images.sh --push example/ffremote`. Without a verb it does both; two machines, each with its own
# PLATFORMS, may `build`, and one then `join`. VARIANTS=debian omits the slim ones. BUILD_OPTIONS has a site's own arguments for the build.
set -eu
cd "$(dirname "$0")/.."
PUSH="" VERBS="build join"
[ "${1:-}" != --push ] || { PUSH=1 && shift; }
case ${1:-} in build | join) VERBS=$1 && shift ;; esac
REPOSITORY=${1:?usage: images.sh [--push] [build | join] REPOSITORY}
VERSION=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' ffremote/version.py)
REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)
CREATED=$(git show -s --format=%cI HEAD 2>/dev/null || echo unknown)
PLATFORMS=${PLATFORMS:-linux/amd64,linux/arm64}
VARIANTS=${VARIANTS:-debian wheel}

fail() { echo "images: $*" >&2 && exit 1; }
do_or_say() {
    if [ -n "$PUSH" ]; then "$@"; else echo "$*"; fi
}

tags() { # IMAGE TAG-SUFFIX: 1.2.3, 1.2 and latest for a release; only the version itself for 1.2.3rc1 and such
    for tag in "$VERSION" $(echo "$VERSION" | sed -n 's/^\([0-9]*\.[0-9]*\)\.[0-9]*$/\1 latest/p'); do
        printf -- '--tag %s:%s%s ' "$1" "$tag" "$2"
    done
}

attestations() { # the engine's own builder cannot attach any; the image's SBOM and labels have the same data
    case $(docker buildx inspect 2>/dev/null | sed -n 's/^Driver: *//p') in
    docker) echo "--provenance=false" ;;
    *) echo "--sbom=true --provenance=mode=max" ;;
    esac
}

build() { # TARGET IMAGE FFMPEG TAG-SUFFIX
    for platform in $(echo "$PLATFORMS" | tr , ' '); do
        # shellcheck disable=SC2046,SC2086
        do_or_say docker buildx build --platform "$platform" --target "$1" --build-arg "FFMPEG=$3" \
            --build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION" --build-arg "CREATED=$CREATED" \
            $(attestations) ${BUILD_OPTIONS:-} --tag "$2:$VERSION$4-${platform#linux/}" --push .
    done
}

join() { # TARGET IMAGE FFMPEG TAG-SUFFIX
    parts=""
    for platform in $(echo "$PLATFORMS" | tr , ' '); do
        parts="$parts $2:$VERSION$4-${platform#linux/}"
    done
    # shellcheck disable=SC2046,SC2086
    do_or_say docker buildx imagetools create $(tags "$2" "$4") $parts
}

[ -n "$VERSION" ] || fail "no version in ffremote/version.py"
if [ -n "$PUSH" ]; then
    [ -z "$(git status --porcelain)" ] || fail "the checkout has changes that no commit holds"
    [ "$(git describe --tags --exact-match 2>/dev/null)" = "v$VERSION" ] \
        || fail "HEAD is not tagged v$VERSION"
fi
for verb in $VERBS; do
    for ffmpeg in $VARIANTS; do
        [ "$ffmpeg" = debian ] && slim="" || slim=-slim
        "$verb" server "$REPOSITORY" "$ffmpeg" "$slim"
        "$verb" worker "$REPOSITORY-worker" "$ffmpeg" "$slim"
    done
    "$verb" client "$REPOSITORY-client" debian ""
done
[ -n "$PUSH" ] || echo "images: nothing was run; add --push to run the commands" >&2
