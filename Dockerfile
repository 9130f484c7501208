# The worker beside a Temporal cluster, and (target cli) the command line that talks to it.
#
#   docker build -t cutover-worker .
#   docker build -t cutover-cli --target cli .

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=0.1.0
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -ldflags="-s -w -X cutover/internal/version.Version=${VERSION}" -o /out/worker ./worker

# Apart, because it links a whole Temporal server and takes minutes.
FROM build AS build-cli
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -ldflags="-s -w -X cutover/internal/version.Version=${VERSION}" -o /out/cutover ./starter

# Nothing is installed: a static binary, the certificates of the public
# authorities, and a directory that an unprivileged user may write into.
FROM debian:bookworm-slim AS base
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cutover \
    && install -d -o cutover -g cutover -m 0700 /state
USER 10001
WORKDIR /config
ENV CUTOVER_STATE=/state CUTOVER_CONFIG=/config/cutover.yaml
VOLUME /state

FROM base AS cli
COPY --from=build-cli /out/cutover /usr/local/bin/cutover
ENTRYPOINT ["cutover"]

FROM base AS worker
COPY --from=build /out/worker /usr/local/bin/worker
# The socket is there once the ledger is open and Temporal has answered.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=6 CMD ["test", "-S", "/state/cutover.sock"]
ENTRYPOINT ["worker", "-state", "/state"]
