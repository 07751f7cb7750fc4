# Everything that is installed is pinned with hashes by requirements.lock; the build tools as well.
# `make digests` pins the base to the bytes that its tag names today; `make image` builds on another one where it must.
ARG PYTHON=python:3.12-slim
FROM ${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /build
COPY pyproject.toml requirements.lock ./
RUN awk '/^(setuptools|uv)==/ {on = 1} on {print} !/\\$/ {on = 0}' requirements.lock > tools.txt \
 && python -m pip install --quiet --require-hashes --no-deps --requirement tools.txt \
 && python -m venv --without-pip /opt/trading-bot
# What the bot needs to run and nothing else: the names from pyproject.toml, versions and hashes from the lock.
RUN python -m uv pip install --quiet --python /opt/trading-bot \
      --require-hashes --constraint requirements.lock --requirement pyproject.toml --extra otel
# Out goes what only the packages' own developers use, the languages that the desk does not speak, and the parts of Arrow
# that no Parquet file needs.
RUN cd /opt/trading-bot/lib/python3.*/site-packages \
 && find . -type d '(' -name tests -o -name test -o -name sample_data -o -name include ')' -prune -exec rm -rf {} + \
 && find . -type f '(' -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.pxi' -o -name '*.c' -o -name '*.h' ')' -delete \
 && find babel/locale-data -type f ! -name 'root.dat' ! -name 'en*.dat' ! -name 'ko*.dat' -delete \
 && rm -f pyarrow/libarrow_flight.so.* pyarrow/_flight.*.so pyarrow/libarrow_s3.so.* pyarrow/_s3fs.*.so \
      pyarrow/_gcsfs.*.so pyarrow/_azurefs.*.so pyarrow/_hdfs.*.so pyarrow/_orc.*.so \
      pyarrow/libarrow_python.so pyarrow/libarrow_python.so.*.*
COPY README.md LICENSE manifest.yml ./
COPY bot ./bot
COPY engine ./engine
RUN python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . \
 && python -m uv pip install --quiet --python /opt/trading-bot --no-deps dist/*.whl \
 && python -m compileall -q --invalidation-mode unchecked-hash -x '/(fontTools|pygments|mpl_toolkits)/' /opt/trading-bot

FROM ${PYTHON}
RUN useradd --uid 10001 --no-create-home desk \
 && install --directory --mode=700 --owner=desk --group=desk /data
COPY --from=build /opt/trading-bot /opt/trading-bot
ENV PATH=/opt/trading-bot/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data
USER desk
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-c", \
  "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ.get('HTTP_PORT') or 8000), timeout=8); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
# The log comes on standard output, where `docker logs | grep` reads it.
ENTRYPOINT ["sh", "-c", "exec trading-bot \"$@\" 2>&1", "trading-bot"]
CMD ["run"]
