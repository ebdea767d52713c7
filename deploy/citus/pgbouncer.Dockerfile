# PgBouncer as Debian builds it: 1.24, which carries prepared statements from server to server.
ARG DEBIAN_IMAGE=debian:trixie-slim
FROM ${DEBIAN_IMAGE}
RUN apt-get update && apt-get install --yes --no-install-recommends pgbouncer && rm -rf /var/lib/apt/lists/*
USER postgres
ENTRYPOINT ["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"]
