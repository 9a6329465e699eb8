# Staffroom in a container: one process, with its data in /data.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /opt/staffroom \
    && /opt/staffroom/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN /opt/staffroom/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:${PYTHON}-slim
RUN useradd --create-home --uid 10001 staffroom && install -d -o staffroom -g staffroom /data
COPY --from=build /opt/staffroom /opt/staffroom
ENV PATH=/opt/staffroom/bin:$PATH PYTHONUNBUFFERED=1
USER staffroom
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["staffroom"]
CMD ["run"]
