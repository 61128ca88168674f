# The chat server with everything production needs. Build: docker build -t community-chat .
# `make image-check` does the same without Docker, and proves what comes of it.

# Debian's own Python, so that all beneath the packages of requirements.txt is kept secure by apt. Builds that are to be
# the same on every machine say which: --build-arg DEBIAN=debian:trixie-slim@sha256:…
ARG DEBIAN=debian:trixie-slim

FROM ${DEBIAN} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates esbuild gcc libc6-dev libmariadb-dev pkg-config python3-dev python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir --requirement requirements.txt
# the chat page in few files, named by what is in them and packed
WORKDIR /app
COPY manage.py .
COPY chatproject chatproject
COPY rooms rooms
COPY messaging messaging
COPY assistant assistant
RUN DEBUG=1 STATIC_ROOT=/static /venv/bin/python manage.py collectstatic --no-input --ignore redoc

FROM ${DEBIAN}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libmariadb3 python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin chat
COPY --from=build /venv /venv
COPY --from=build /static /static
WORKDIR /app
COPY manage.py .
COPY chatproject chatproject
COPY rooms rooms
COPY messaging messaging
COPY assistant assistant
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8081 STATIC_ROOT=/static
# what members send, where FILES_URL says nothing else; a volume that is mounted there begins with this owner
RUN install --directory --owner=chat --mode=700 files
# compiled once here, and a mistake in the sources stops the build instead of the start
RUN python -m compileall -q . && DEBUG=1 python manage.py check
USER chat
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/v1/healthz', timeout=2)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
