# A master or a worker of a Spark standalone cluster: the same Python, packages and code as the driver.
FROM python:3.11.11-slim-bookworm

RUN apt-get update \
 && apt-get install --yes --no-install-recommends openjdk-17-jre-headless procps \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home candor \
 && mkdir --parents /data && chown candor: /data

RUN pip install --no-cache-dir uv==0.13.9

WORKDIR /opt/candor
COPY requirements.txt ./
RUN uv pip install --system --no-cache --require-hashes -r requirements.txt
COPY jobs jobs
COPY expectations expectations

ENV PYTHONPATH=/opt/candor \
    PYSPARK_PYTHON=/usr/local/bin/python \
    SPARK_LOCAL_DIRS=/tmp/spark

USER candor
CMD ["spark-class", "org.apache.spark.deploy.master.Master", "--host", "0.0.0.0", "--port", "7077"]
