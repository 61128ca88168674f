# The chat server with everything production needs. Build: docker build -t community-chat .

# what the tag is today: docker buildx imagetools inspect python:3.12-slim
FROM python:3.12-slim@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends esbuild gcc libc6-dev libmariadb-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --requirement requirements.txt
# the chat page in few files, named by what is in them and packed
WORKDIR /app
COPY manage.py .
COPY chatproject chatproject
COPY rooms rooms
COPY messaging messaging
COPY assistant assistant
RUN DEBUG=1 STATIC_ROOT=/static /venv/bin/python manage.py collectstatic --no-input --ignore redoc

FROM python:3.12-slim@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home chat
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
