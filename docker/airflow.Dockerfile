# Airflow with Candor beside it: stages are processes of this image, and the driver of spark-submit runs here too.
FROM python:3.11.11-slim-bookworm

RUN apt-get update \
 && apt-get install --yes --no-install-recommends openjdk-17-jre-headless procps \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home candor \
 && mkdir --parents /data && chown candor: /data

RUN pip install --no-cache-dir uv==0.13.9

WORKDIR /opt/candor
COPY requirements.txt docker/requirements-postgres.txt ./
RUN uv pip install --system --no-cache --require-hashes -r requirements.txt -r requirements-postgres.txt
COPY jobs jobs
COPY expectations expectations
COPY sql sql
COPY dags dags
RUN printf '#!/bin/sh\nexec python -m jobs.cli "$@"\n' > /usr/local/bin/candor && chmod 755 /usr/local/bin/candor

ENV PYTHONPATH=/opt/candor \
    CANDOR_HOME=/data/store \
    AIRFLOW_HOME=/data/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/candor/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    GX_ANALYTICS_ENABLED=false

USER candor
CMD ["airflow", "version"]
