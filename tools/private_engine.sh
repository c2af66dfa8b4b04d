# Sourced by docker_verify.sh: a private Docker engine on a Debian machine without one, as root.
# Its socket, data and images are in $WORK; it changes no firewall rule and creates no bridge.
# debootstrap makes the base image, under the name that it has in a registry.
# shellcheck shell=sh

install_engine() {
    wanted="docker.io debootstrap"
    [ "$ARCH" = amd64 ] || wanted="$wanted qemu-user-static"
    # shellcheck disable=SC2086
    dpkg -s $wanted >/dev/null 2>&1 && return
    [ "$(id -u)" = 0 ] || fail "no Docker engine, and without root none can be installed"
    command -v apt-get >/dev/null || fail "no Docker engine, and no apt to install one"
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends $wanted; } >"$WORK/apt.log" 2>&1 || fail_with "$WORK/apt.log"
}

install_plugins() { # compose and buildx are packages of Debian 13 only, but static programs
    plugins=$WORK/config/cli-plugins
    [ -x "$plugins/docker-compose" ] && [ -x "$plugins/docker-buildx" ] && return
    apt=$WORK/apt-trixie
    mkdir -p "$plugins" "$apt/state/lists/partial" "$apt/cache/archives/partial"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$keys] $MIRROR trixie main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<END
Dir::State "$apt/state";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
APT::Sandbox::User "root";
END
    (
        cd "$apt"
        export APT_CONFIG="$apt/apt.conf"
        apt-get update -qq
        apt-get download -qq docker-compose docker-buildx
        for package in *.deb; do dpkg -x "$package" unpacked; done
    ) >"$WORK/apt.log" 2>&1 || fail_with "$WORK/apt.log"
    cp "$apt"/unpacked/usr/libexec/docker/cli-plugins/docker-* "$plugins/"
}

start_engine() {
    export DOCKER_CONFIG="$WORK/config" DOCKER_HOST="unix://$WORK/docker.sock"
    docker info >/dev/null 2>&1 && return # an engine that an earlier --keep left running
    dockerd --data-root "$WORK/data" --exec-root "$WORK/exec" --host "$DOCKER_HOST" \
        --pidfile "$WORK/docker.pid" --iptables=false --ip6tables=false --bridge=none \
        --ip-forward=false --ip-masq=false >"$WORK/dockerd.log" 2>&1 &
    ENGINE=$!
    for _ in $(seq 120); do
        docker info >/dev/null 2>&1 && return
        kill -0 "$ENGINE" 2>/dev/null || fail_with "$WORK/dockerd.log"
        sleep 0.5
    done
    fail_with "$WORK/dockerd.log"
}

stop_engine() {
    [ -n "${ENGINE:-}" ] || return 0
    kill "$ENGINE" 2>/dev/null || true
    wait "$ENGINE" 2>/dev/null || true
}

emulate() { # make the kernel run programs of the other architecture, in containers too
    [ "$ARCH" = amd64 ] && return
    binfmt=/proc/sys/fs/binfmt_misc
    mountpoint -q $binfmt || mount -t binfmt_misc binfmt_misc $binfmt
    [ -e $binfmt/qemu-aarch64 ] || cat /usr/lib/binfmt.d/qemu-aarch64.conf >$binfmt/register
}

make_root() { # print the path of a tar of Debian $1, with the settings of the slim images
    tar=$WORK/cache/$1-$ARCH.tar
    [ -s "$tar" ] && { echo "$tar"; return; }
    root=$WORK/root-$1-$ARCH
    rm -rf "$root"
    debootstrap --variant=minbase --arch="$ARCH" "$1" "$root" "$MIRROR" >"$WORK/debootstrap.log" 2>&1 \
        || fail_with "$WORK/debootstrap.log"
    cat >"$root/etc/apt/apt.conf.d/docker-clean" <<'END'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
END
    cat >"$root/etc/dpkg/dpkg.cfg.d/docker" <<'END'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/info/*
END
    # The machine's own certificate authorities, which its package index may need.
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
    cp /etc/ssl/certs/ca-certificates.crt "$root/usr/local/share/site-ca.pem"
    tar -C "$root" --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' \
        --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
        -cf "$tar.partial" .
    mv "$tar.partial" "$tar"
    rm -rf "$root"
    echo "$tar"
}

load_base() { # load the Dockerfile's base image into the private engine, under its name
    base=$(sed -n 's/^ARG BASE_IMAGE=//p' Dockerfile)
    suite=${base#debian:}
    archive=$(make_root "${suite%-slim}")
    python3 tools/stand_in_image.py "$ARCH" "$base" PIP_CERT=/usr/local/share/site-ca.pem \
        <"$archive" | docker load --quiet
}

private_engine() {
    MIRROR=${DEBIAN_MIRROR:-$(apt-get indextargets --format "\$(REPO_URI)" | grep -v security | head -n 1)}
    step "a private engine in $WORK"
    install_engine
    install_plugins
    emulate
    start_engine
    step "a stand-in for the base image"
    load_base
}
