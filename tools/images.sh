#!/bin/sh
# Build the images for both architectures and push them with their tags; only says what it would do
# unless it is given --push. images.sh [--push] REPOSITORY, such as `images.sh --push example/ffremote`.
# Needs an engine with a buildx builder that can do both (`docker buildx create --use`), and a login.
set -eu
cd "$(dirname "$0")/.."
PUSH=""
[ "${1:-}" != --push ] || { PUSH=1 && shift; }
REPOSITORY=${1:?usage: images.sh [--push] REPOSITORY}
VERSION=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' ffremote/version.py)
REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)
PLATFORMS=${PLATFORMS:-linux/amd64,linux/arm64}

fail() { echo "images: $*" >&2 && exit 1; }
do_or_say() {
    if [ -n "$PUSH" ]; then "$@"; else echo "$*"; fi
}

tags() { # SUFFIX: 1.2.3, 1.2 and latest for a release; only the version itself for 1.2.3rc1 and such
    for tag in "$VERSION" $(echo "$VERSION" | sed -n 's/^\([0-9]*\.[0-9]*\)\.[0-9]*$/\1 latest/p'); do
        printf -- '--tag %s%s:%s%s ' "$REPOSITORY" "$1" "$tag" "$2"
    done
}

publish() { # TARGET SUFFIX FFMPEG TAG-SUFFIX
    # shellcheck disable=SC2046
    do_or_say docker buildx build --platform "$PLATFORMS" --target "$1" \
        --build-arg "FFMPEG=$3" --build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION" \
        --sbom=true --provenance=true $(tags "$2" "$4") --push .
}

[ -n "$VERSION" ] || fail "no version in ffremote/version.py"
if [ -n "$PUSH" ]; then
    [ -z "$(git status --porcelain)" ] || fail "the checkout has changes that no commit holds"
    [ "$(git describe --tags --exact-match 2>/dev/null)" = "v$VERSION" ] \
        || fail "HEAD is not tagged v$VERSION"
fi
publish server "" debian ""
publish server "" wheel -slim
publish worker -worker debian ""
publish worker -worker wheel -slim
publish client -client debian ""
[ -n "$PUSH" ] || echo "images: nothing was done; add --push to do it" >&2
