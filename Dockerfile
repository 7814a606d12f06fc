# The simulator and its dashboard.  docker build -t siege_sim . ; docker run --rm -p 8765:8765 siege_sim dashboard --host 0.0.0.0
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN python -m venv /opt/siege && \
    /opt/siege/bin/pip install --no-cache-dir -c tested/python3.13.txt ".[dashboard,docx]"

FROM python:3.13-slim
RUN useradd --uid 1000 --create-home siege
COPY --from=build /opt/siege /opt/siege
# Compiled loops are kept where the user may write; the first run compiles them, which takes some seconds.
ENV PATH=/opt/siege/bin:$PATH \
    NUMBA_CACHE_DIR=/home/siege/.cache/numba \
    MPLCONFIGDIR=/home/siege/.cache/matplotlib \
    SOLARA_PROXY_CACHE_DIR=/home/siege/.cache/solara
USER siege
WORKDIR /home/siege
RUN mkdir results && siege-sim run toy_town --days 5 --quiet --out /tmp/first && rm -r /tmp/first
EXPOSE 8765
ENTRYPOINT ["siege-sim"]
CMD ["run", "aleppo_2016"]
